import './page.css';

import { useCallback, useDeferredValue, useEffect, useMemo, useState } from 'react';
import { useLocation, useParams, useSearch } from 'wouter';

import { ask, type UserError } from '../api/ask';
import { useLive } from '../api/live';
import { useQuery } from '../api/query';
import { LeadView } from '../leads/view';
import { Confirm } from '../ui/confirm';
import { announce, notify } from '../ui/notices';
import { ConvertDialog } from './convert';
import { ArchiveLeads, Choices, DeleteLeads, InboxChanged, UnarchiveLeads } from './documents';
import { Filters } from './filters';
import { type Narrowing, readNarrowing, writeNarrowing } from './filter';
import { LeadList } from './list';
import { NewLead } from './new';
import { readInbox } from './reading';
import { Selection } from './selection';
import { useTexts } from './texts';

const STEP = 100;

/** The inbox: the leads at the left, the one that is open at the right. */
export default function InboxPage() {
  const texts = useTexts();
  const { id } = useParams<{ id?: string }>();
  const [narrowing, setNarrowing] = useNarrowing();
  const [count, setCount] = useState(STEP);
  const subject = writeNarrowing(narrowing).toString();
  const inbox = useLive({
    read: signal => readInbox(narrowing, count, signal),
    subject,
    revisionOf: data => data.revision,
    changes: InboxChanged,
    of: {},
  });
  const { data: choices } = useQuery(Choices, {});
  const { reload } = inbox;
  useEffect(() => reload(), [count, reload]);

  const leads = useDeferredValue(inbox.data?.leads ?? []);
  const [chosen, setChosen] = useChosen(leads, subject);
  const open = useOpen();
  const work = useWork(() => setChosen([]));

  return (
    <div className="inbox" data-open={id ? '' : undefined}>
      <section className="inbox-side" aria-labelledby="inbox-title">
        <header className="inbox-head">
          <h1 id="inbox-title" className="page-title">
            {texts.title}
          </h1>
          {inbox.data && <p className="inbox-count">{texts.count(inbox.data.totalCount)}</p>}
          {inbox.live && <span className="chip" data-tone="live">{texts.live}</span>}
          <button type="button" className="button inbox-new" data-kind="main" onClick={() => work.begin({ is: 'new' })}>
            {texts.newLead}
          </button>
        </header>
        <Filters narrowing={narrowing} onChange={setNarrowing} owners={choices?.users ?? []} labels={choices?.labels ?? []} />
        {chosen.length > 0 && (
          <Selection
            count={chosen.length}
            archived={narrowing.archived}
            onConvert={() => work.begin({ is: 'convert', leadIds: chosen })}
            onArchive={() => void work.archive(chosen, !narrowing.archived)}
            onRemove={() => work.begin({ is: 'remove', leadIds: chosen })}
            onClear={() => setChosen([])}
          />
        )}
        {inbox.error && <p className="refusal">{inbox.error.message}</p>}
        <LeadList
          leads={leads}
          loading={inbox.loading}
          filtered={subject !== ''}
          openId={id}
          chosen={chosen}
          onChoose={setChosen}
          onOpen={open}
          onMore={inbox.data?.hasMore ? () => setCount(leads.length + STEP) : undefined}
        />
      </section>
      <section className="inbox-pane">
        {id ? (
          <LeadView key={id} id={id} onConvert={() => work.begin({ is: 'convert', leadIds: [id] })} onClose={() => open(undefined)} />
        ) : (
          <p className="lone">{texts.nothingOpen}</p>
        )}
      </section>
      {work.doing?.is === 'new' && <NewLead owners={choices?.users ?? []} onClose={work.end} onMade={open} />}
      {work.doing?.is === 'convert' && (
        <ConvertDialog leadIds={work.doing.leadIds} pipelines={choices?.pipelines ?? []} onClose={work.end} />
      )}
      {work.doing?.is === 'remove' && (
        <Confirm
          title={texts.removeTitle(work.doing.leadIds.length)}
          why={texts.removeWhy}
          does={texts.remove}
          onClose={work.end}
          onConfirm={() => work.remove()}
        />
      )}
    </div>
  );
}

/** What the address narrows the inbox to; changing it keeps the lead that is open. */
function useNarrowing(): [Narrowing, (narrowing: Narrowing) => void] {
  const search = useSearch();
  const [path, navigate] = useLocation();
  const narrowing = useMemo(() => readNarrowing(new URLSearchParams(search)), [search]);
  const change = useCallback(
    (next: Narrowing) => navigate(addressOf(path, writeNarrowing(next)), { replace: true }),
    [navigate, path],
  );
  return [narrowing, change];
}

function useOpen(): (id: string | undefined) => void {
  const search = useSearch();
  const [, navigate] = useLocation();
  return useCallback(
    id => navigate(addressOf(id ? `/leads/${id}` : '/leads', new URLSearchParams(search))),
    [navigate, search],
  );
}

function addressOf(path: string, search: URLSearchParams): string {
  return search.size ? `${path}?${search}` : path;
}

/** The leads that are chosen, as far as they are still listed. */
function useChosen(leads: readonly { id: string }[], subject: string): [string[], (ids: string[]) => void] {
  const [chosen, setChosen] = useState<string[]>([]);
  useEffect(() => setChosen([]), [subject]);
  const shown = useMemo(() => {
    const listed = new Set(leads.map(lead => lead.id));
    return chosen.filter(id => listed.has(id));
  }, [leads, chosen]);
  return [shown, setChosen];
}

type Doing = { is: 'new' } | { is: 'convert'; leadIds: string[] } | { is: 'remove'; leadIds: string[] };

/** What is being done with leads: in a dialog, or at once. */
function useWork(onDone: () => void) {
  const texts = useTexts();
  const [doing, setDoing] = useState<Doing>();

  async function tell(command: Promise<{ errors: UserError[] }>, done: string) {
    try {
      const { errors } = await command;
      if (errors[0]) return notify(errors[0].message, 'danger');
      announce(done);
      notify(done);
      onDone();
    } catch (error) {
      notify((error as Error).message, 'danger');
    }
  }

  return {
    doing,
    begin: setDoing,
    end: () => setDoing(undefined),
    archive: (ids: string[], archived: boolean) =>
      archived
        ? tell(ask(ArchiveLeads, { input: { ids } }).then(data => data.archiveLeads), texts.archivedDone(ids.length))
        : tell(ask(UnarchiveLeads, { input: { ids } }).then(data => data.unarchiveLeads), texts.unarchivedDone(ids.length)),
    remove: () => {
      const ids = doing?.is === 'remove' ? doing.leadIds : [];
      setDoing(undefined);
      void tell(ask(DeleteLeads, { input: { ids } }).then(data => data.deleteLeads), texts.removedDone(ids.length));
    },
  };
}
