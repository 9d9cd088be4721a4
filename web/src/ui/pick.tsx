import { Combobox } from '@base-ui/react/combobox';
import { useId, useRef, useState } from 'react';

import { makeTexts } from '../i18n/texts';
import { ChevronIcon, CloseIcon } from './icons';

/** Something that can be picked. */
export interface Pickable {
  id: string;
  name: string;
  /** What tells it from others of its name. */
  hint?: string | undefined;
}

const useTexts = makeTexts({
  en: { none: 'Nothing found.', clear: 'Clear', open: 'Show the list' },
  pl: { none: 'Nic nie znaleziono.', clear: 'Wyczyść', open: 'Pokaż listę' },
});

/** A field in which one of many is looked for by its name, on the server. */
export function Pick(props: {
  label: string;
  value: Pickable | null;
  onChange: (value: Pickable | null) => void;
  search: (text: string, signal: AbortSignal) => Promise<Pickable[]>;
}) {
  const texts = useTexts();
  const id = useId();
  const [found, setFound] = useState<Pickable[]>([]);
  const asked = useRef<AbortController | undefined>(undefined);

  function look(text: string) {
    asked.current?.abort();
    const abort = (asked.current = new AbortController());
    props.search(text, abort.signal).then(setFound, () => abort.signal.aborted || setFound([]));
  }

  return (
    <Combobox.Root
      items={found}
      value={props.value}
      onValueChange={props.onChange}
      onInputValueChange={(text, { reason }) => reason !== 'item-press' && look(text)}
      onOpenChange={open => open && look('')}
      itemToStringLabel={(each: Pickable) => each.name}
      isItemEqualToValue={(one, other) => one.id === other.id}
      filter={null}
    >
      <div className="field">
        <label htmlFor={id}>{props.label}</label>
        <Combobox.InputGroup className="pick">
          <Combobox.Input id={id} className="input" />
          <Combobox.Clear className="pick-button" aria-label={texts.clear}>
            <CloseIcon />
          </Combobox.Clear>
          <Combobox.Trigger className="pick-button" aria-label={texts.open}>
            <ChevronIcon />
          </Combobox.Trigger>
        </Combobox.InputGroup>
      </div>
      <Combobox.Portal>
        <Combobox.Positioner className="menu-positioner pick-positioner" sideOffset={4}>
          <Combobox.Popup className="menu">
            <Combobox.Empty className="pick-none">{texts.none}</Combobox.Empty>
            <Combobox.List>
              {(each: Pickable) => (
                <Combobox.Item key={each.id} value={each} className="menu-item pick-item">
                  <span>{each.name}</span>
                  {each.hint && <span className="pick-hint">{each.hint}</span>}
                </Combobox.Item>
              )}
            </Combobox.List>
          </Combobox.Popup>
        </Combobox.Positioner>
      </Combobox.Portal>
    </Combobox.Root>
  );
}
