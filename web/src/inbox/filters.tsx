import { useTexts as useRecordTexts } from '../records/texts';
import { ChevronIcon } from '../ui/icons';
import { LabelMark } from '../ui/mark';
import { Menu, MenuChecks, MenuItem, MenuLine } from '../ui/menu';
import { Search } from '../ui/search';
import { type Narrowing, SOURCES, type Source } from './filter';
import { useTexts } from './texts';

const NOTHING: Narrowing = { search: '', ownerIds: [], labelIds: [], sources: [], archived: false };

/** What the inbox is narrowed down by. */
export function Filters(props: {
  narrowing: Narrowing;
  onChange: (narrowing: Narrowing) => void;
  owners: { id: string; name: string }[];
  labels: { id: string; name: string; color: string }[];
}) {
  const { narrowing, onChange } = props;
  const texts = useTexts();
  const common = useRecordTexts();
  const count = narrowing.ownerIds.length + narrowing.labelIds.length + narrowing.sources.length;
  return (
    <search className="inbox-filters">
      <Search label={texts.search} value={narrowing.search} onChange={search => onChange({ ...narrowing, search })} />
      <Menu
        trigger={
          <button type="button" className="button" aria-label={count ? `${texts.filters}: ${count}` : texts.filters}>
            {texts.filters}
            {count > 0 && <span className="chip">{count}</span>}
            <ChevronIcon />
          </button>
        }
      >
        <MenuChecks
          heading={texts.owners}
          chosen={narrowing.ownerIds}
          onChange={ownerIds => onChange({ ...narrowing, ownerIds })}
          choices={props.owners.map(({ id, name }) => ({ value: id, name }))}
        />
        <MenuChecks
          heading={texts.labels}
          chosen={narrowing.labelIds}
          onChange={labelIds => onChange({ ...narrowing, labelIds })}
          choices={props.labels.map(label => ({ value: label.id, name: <LabelMark {...label} /> }))}
        />
        <MenuChecks
          heading={texts.sources}
          chosen={narrowing.sources}
          onChange={sources => onChange({ ...narrowing, sources: sources as Source[] })}
          choices={SOURCES.map(value => ({ value, name: common.sources[value] }))}
        />
        <MenuLine />
        <MenuItem onSelect={() => onChange(NOTHING)}>{texts.clear}</MenuItem>
      </Menu>
      <div className="switch" role="group" aria-label={texts.title}>
        {[false, true].map(archived => (
          <button
            key={String(archived)}
            type="button"
            className="button"
            data-kind="quiet"
            aria-pressed={narrowing.archived === archived}
            onClick={() => onChange({ ...narrowing, archived })}
          >
            {archived ? texts.archived : texts.inbox}
          </button>
        ))}
      </div>
    </search>
  );
}
