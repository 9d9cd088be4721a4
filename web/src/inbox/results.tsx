import { useState } from 'react';
import { Link } from 'wouter';

import { ask } from '../api/ask';
import { announce } from '../ui/notices';
import { counted, reasonsOf, type Result, UndoConversion } from './conversion';
import { useTexts } from './texts';

const SHOWN = 50;

/** What became of the leads; what was converted can be taken back here. */
export function Results({ results, onClose }: { results: Result[]; onClose: () => void }) {
  const all = useTexts();
  const texts = all.conversion;
  const [undone, setUndone] = useState<ReadonlySet<string>>(new Set());
  const [refusal, setRefusal] = useState('');
  const [busy, setBusy] = useState(false);
  const converted = results.filter(each => each.outcome === 'CONVERTED' && !undone.has(each.leadId));
  const reasons = reasonsOf(results);

  async function undo(leads: Result[]) {
    setBusy(true);
    const back = new Set(undone);
    const refusals = new Set<string>();
    for (const { leadId } of leads) {
      const { lead, errors } = await takeBack(leadId);
      if (lead) back.add(leadId);
      for (const error of errors) refusals.add(error.message);
    }
    setUndone(back);
    setRefusal([...refusals].join(' '));
    setBusy(false);
    announce(texts.undone(back.size));
  }

  return (
    <>
      <ul className="convert-counts">
        {counted(results).map(([outcome, count]) => (
          <li key={outcome}>
            {all.count(count)} {texts.outcomes[outcome]}
          </li>
        ))}
      </ul>
      {converted.length > 0 && (
        <ul className="convert-results">
          {converted.slice(0, SHOWN).map(each => (
            <li key={each.leadId}>
              <span>{each.deal?.title}</span>
              {each.deal && (
                <Link href={`/deals/${each.deal.id}`} className="button" data-kind="quiet">
                  {texts.open}
                </Link>
              )}
              <button type="button" className="button" disabled={busy} onClick={() => void undo([each])}>
                {texts.undo}
              </button>
            </li>
          ))}
        </ul>
      )}
      {reasons.size > 0 && (
        <ul className="convert-faults">
          {[...reasons].map(([reason, count]) => (
            <li key={reason}>
              {all.count(count)}: {reason}
            </li>
          ))}
        </ul>
      )}
      <div role="alert">{refusal && <p className="refusal">{refusal}</p>}</div>
      {undone.size > 0 && <p role="status">{texts.undone(undone.size)}</p>}
      <div className="dialog-buttons">
        {converted.length > 1 && (
          <button type="button" className="button" disabled={busy} onClick={() => void undo(converted)}>
            {texts.undo}
          </button>
        )}
        <button type="button" className="button" data-kind="main" onClick={onClose}>
          {all.close}
        </button>
      </div>
    </>
  );
}

async function takeBack(leadId: string) {
  try {
    return (await ask(UndoConversion, { input: { leadId } })).undoConversion;
  } catch (error) {
    return { lead: null, errors: [{ message: (error as Error).message }] };
  }
}
