import type { ResultOf } from '../api/graphql';
import { useSignedIn } from '../api/session';
import { useFormat } from '../i18n/format';
import { Avatar } from '../ui/avatar';
import { ChevronIcon, PlusIcon } from '../ui/icons';
import { LabelMark } from '../ui/mark';
import { Menu, MenuChecks, MenuChoice, MenuItem, MenuLine } from '../ui/menu';
import { Search } from '../ui/search';
import type { Choices as ChoicesDocument } from './documents';
import { EVERYTHING, type Narrowing } from './filter';
import { useViewers } from './following';
import { useTexts } from './texts';

export type Choices = ResultOf<typeof ChoicesDocument>;

/** Above the columns: which pipeline, whether it is live, who else looks, and what it is narrowed down by. */
export function BoardHead(props: {
  pipelineId: string;
  name: string;
  live: boolean;
  choices: Choices | undefined;
  narrowing: Narrowing;
  onNarrow: (narrowing: Narrowing) => void;
  onPipeline: (id: string) => void;
  onNew: () => void;
}) {
  const { narrowing, onNarrow, choices } = props;
  const texts = useTexts();
  return (
    <header className="board-head">
      <div className="board-title">
        <h1 className="page-title">{props.name}</h1>
        {choices && choices.pipelines.length > 1 && <Pipelines {...props} pipelines={choices.pipelines} />}
        <span className="chip" data-tone={props.live ? 'live' : undefined} data-live={props.live}>
          {props.live ? texts.live : texts.notLive}
        </span>
        <Others pipelineId={props.pipelineId} />
      </div>
      <search className="board-filters">
        <Search label={texts.search} value={narrowing.search} onChange={search => onNarrow({ ...narrowing, search })} />
        <Filters narrowing={narrowing} onNarrow={onNarrow} choices={choices} />
      </search>
      <button type="button" className="button" data-kind="main" onClick={props.onNew}>
        <PlusIcon /> {texts.newDeal}
      </button>
    </header>
  );
}

function Pipelines(props: { pipelineId: string; pipelines: Choices['pipelines']; onPipeline: (id: string) => void }) {
  const texts = useTexts();
  return (
    <Menu
      align="start"
      trigger={
        <button type="button" className="button" data-kind="quiet" data-shape="icon" aria-label={texts.otherPipelines}>
          <ChevronIcon />
        </button>
      }
    >
      <MenuChoice
        heading={texts.pipelines}
        value={props.pipelineId}
        onChoose={props.onPipeline}
        choices={props.pipelines.map(({ id, name }) => ({ value: id, name }))}
      />
    </Menu>
  );
}

function Others({ pipelineId }: { pipelineId: string }) {
  const texts = useTexts();
  const format = useFormat();
  const { user } = useSignedIn();
  const others = useViewers(pipelineId).filter(each => each.id !== user.id);
  if (!others.length) return null;
  const names = texts.viewers(format.list(others.map(each => each.name)));
  return (
    <span className="board-viewers" title={names}>
      <span className="for-readers">{names}</span>
      {others.slice(0, 5).map(each => (
        <Avatar key={each.id} name={each.name} />
      ))}
    </span>
  );
}

function Filters(props: { narrowing: Narrowing; onNarrow: (narrowing: Narrowing) => void; choices: Choices | undefined }) {
  const { narrowing, onNarrow } = props;
  const texts = useTexts();
  const count = narrowing.ownerIds.length + narrowing.labelIds.length;
  return (
    <Menu
      trigger={
        <button type="button" className="button">
          {texts.filters}
          {count > 0 && <span className="chip">{count}</span>}
          <ChevronIcon />
        </button>
      }
    >
      <MenuChecks
        heading={texts.owners}
        chosen={narrowing.ownerIds}
        onChange={ownerIds => onNarrow({ ...narrowing, ownerIds })}
        choices={(props.choices?.users ?? []).map(({ id, name }) => ({ value: id, name }))}
      />
      <MenuChecks
        heading={texts.labels}
        chosen={narrowing.labelIds}
        onChange={labelIds => onNarrow({ ...narrowing, labelIds })}
        choices={(props.choices?.labels ?? []).map(label => ({ value: label.id, name: <LabelMark {...label} /> }))}
      />
      <MenuLine />
      <MenuItem onSelect={() => onNarrow(EVERYTHING)}>{texts.clear}</MenuItem>
    </Menu>
  );
}
