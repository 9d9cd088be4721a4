import { type FormEvent, useState } from 'react';
import { useLocation } from 'wouter';

import { ask, type UserError } from '../api/ask';
import { useFormat } from '../i18n/format';
import { useCommand } from '../records/command';
import { Refusal } from '../records/section';
import { useTexts as useRecordTexts } from '../records/texts';
import { Line } from '../ui/choose';
import { Confirm } from '../ui/confirm';
import { Dialog } from '../ui/dialog';
import { FormButtons } from '../ui/form-buttons';
import { MoreIcon } from '../ui/icons';
import { Menu, MenuItem } from '../ui/menu';
import { ConvertDealToLead, type Deal, DeleteDeals, LoseDeal, MoveDeal, ReopenDeal, UndoConversion, WinDeal } from './documents';
import { useTexts } from './texts';

/** The deal's name, where it stands, and where it can go from there. */
export function Head({ deal, live }: { deal: Deal; live: boolean }) {
  const texts = useTexts();
  const common = useRecordTexts();
  const format = useFormat();
  const [, navigate] = useLocation();
  const command = useCommand();
  const [asking, setAsking] = useState<'lose' | 'remove' | 'undo'>();
  const input = { id: deal.id, expectedVersion: deal.version };

  async function toLead() {
    const payload = ask(ConvertDealToLead, { input }).then(data => data.convertDealToLead);
    const errors = await command.run(payload);
    if (errors.length === 0) navigate(`/leads/${(await payload).lead?.id}`);
  }

  async function undo(leadId: string, force: boolean) {
    setAsking(undefined);
    const errors = await command.run(ask(UndoConversion, { input: { leadId, force } }).then(data => data.undoConversion));
    if (errors.length === 0) navigate(`/leads/${leadId}`);
    else if (errors.every(error => error.code === 'DEAL_CHANGED')) {
      command.forget();
      setAsking('undo');
    }
  }

  async function remove() {
    setAsking(undefined);
    const errors = await command.run(ask(DeleteDeals, { input: { ids: [deal.id] } }).then(data => data.deleteDeals));
    if (errors.length === 0) navigate('/');
  }

  return (
    <header className="deal-head">
      <div className="record-head">
        <div>
          <p className="record-kind">
            {texts.deal} · {deal.pipeline.name}
            <span className="chip" data-tone={STATUS_TONES[deal.status]}>{texts.statuses[deal.status]}</span>
            {deal.isRotten && <span className="chip" data-tone="danger">{texts.rotten}</span>}
            {live && <span className="chip" data-tone="live">{common.live}</span>}
          </p>
          <h1 id="record-title" className="page-title">{deal.title}</h1>
          <p className="deal-worth">
            {deal.value && <strong>{format.exactMoney(deal.value)}</strong>} {texts.probability(format.percent(deal.probability))}
            {deal.lostReason && ` · ${deal.lostReason}`}
          </p>
        </div>
        <div className="record-actions">
          {deal.status === 'OPEN' ? (
            <>
              <button type="button" className="button" data-kind="main" disabled={command.busy} onClick={() => void command.run(ask(WinDeal, { input }).then(data => data.winDeal))}>
                {texts.win}
              </button>
              <button type="button" className="button" onClick={() => setAsking('lose')}>
                {texts.lose}
              </button>
            </>
          ) : (
            <button type="button" className="button" disabled={command.busy} onClick={() => void command.run(ask(ReopenDeal, { input }).then(data => data.reopenDeal))}>
              {texts.reopen}
            </button>
          )}
          <Menu
            trigger={
              <button type="button" className="button" data-kind="quiet" data-shape="icon" aria-label={texts.more}>
                <MoreIcon />
              </button>
            }
          >
            {deal.sourceLeadId && <MenuItem onSelect={() => void undo(deal.sourceLeadId!, false)}>{texts.undo}</MenuItem>}
            <MenuItem onSelect={() => void toLead()}>{texts.toLead}</MenuItem>
            <MenuItem kind="danger" onSelect={() => setAsking('remove')}>{texts.remove}</MenuItem>
          </Menu>
        </div>
      </div>
      <StageBar deal={deal} onMove={stageId => void command.run(ask(MoveDeal, { input: { ...input, stageId } }).then(data => data.moveDeal))} />
      <Refusal>{command.refusal}</Refusal>
      {asking === 'lose' && <Lose input={input} onClose={() => setAsking(undefined)} />}
      {asking === 'remove' && (
        <Confirm title={texts.removeTitle} does={texts.remove} onClose={() => setAsking(undefined)} onConfirm={() => void remove()} />
      )}
      {asking === 'undo' && deal.sourceLeadId && (
        <Confirm
          title={texts.undoTitle}
          why={texts.undoWhy}
          does={texts.undo}
          onClose={() => setAsking(undefined)}
          onConfirm={() => void undo(deal.sourceLeadId!, true)}
        />
      )}
    </header>
  );
}

const STATUS_TONES = { OPEN: undefined, WON: 'live', LOST: 'danger' };

/** The pipeline's stages as a row of steps; a step moves the deal there. */
function StageBar({ deal, onMove }: { deal: Deal; onMove: (stageId: string) => void }) {
  const texts = useTexts();
  const format = useFormat();
  const at = deal.pipeline.stages.findIndex(stage => stage.id === deal.stage.id);
  return (
    <ol className="stage-bar" aria-label={texts.stages}>
      {deal.pipeline.stages.map((stage, index) => (
        <li key={stage.id} data-passed={index <= at ? '' : undefined}>
          <button
            type="button"
            aria-current={index === at ? 'step' : undefined}
            aria-label={index === at ? undefined : texts.moveTo(stage.name)}
            title={stage.name}
            onClick={() => index === at || onMove(stage.id)}
          >
            <span className="stage-name">{stage.name}</span>
            {index === at && <span className="stage-since">{texts.inStage(format.day(deal.stageEnteredAt))}</span>}
          </button>
        </li>
      ))}
    </ol>
  );
}

function Lose({ input, onClose }: { input: { id: string; expectedVersion: number }; onClose: () => void }) {
  const texts = useTexts();
  const command = useCommand();
  const [reason, setReason] = useState('');
  async function submit(event: FormEvent) {
    event.preventDefault();
    const lost: Promise<{ errors: UserError[] }> = ask(LoseDeal, { input: { ...input, lostReason: reason || null } }).then(data => data.loseDeal);
    const errors = await command.run(lost);
    if (errors.length === 0) onClose();
  }
  return (
    <Dialog open onClose={onClose} title={texts.loseTitle}>
      <form className="form" onSubmit={event => void submit(event)}>
        <Line label={texts.reason} value={reason} onChange={setReason} maxLength={1000} />
        <Refusal>{command.refusal}</Refusal>
        <FormButtons does={texts.lose} kind="danger" busy={command.busy} onClose={onClose} />
      </form>
    </Dialog>
  );
}
