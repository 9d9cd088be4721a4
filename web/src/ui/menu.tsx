import { Menu as Base } from '@base-ui/react/menu';
import type { ReactElement, ReactNode } from 'react';

import { CheckIcon } from './icons';

/** A menu that opens from a button; arrows, letters and Escape work in it. */
export function Menu(props: { trigger: ReactElement; children: ReactNode; align?: 'start' | 'end' }) {
  return (
    <Base.Root modal={false}>
      <Base.Trigger render={props.trigger} />
      <Base.Portal>
        <Base.Positioner className="menu-positioner" sideOffset={4} align={props.align ?? 'end'}>
          <Base.Popup className="menu">{props.children}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

/** Something that the menu does. */
export function MenuItem(props: { onSelect: () => void; kind?: 'danger'; children: ReactNode }) {
  return (
    <Base.Item className="menu-item" data-kind={props.kind} onClick={props.onSelect}>
      {props.children}
    </Base.Item>
  );
}

/** One of several, with a heading over them; choosing keeps the menu open. */
export function MenuChoice<Value extends string>(props: {
  heading: string;
  value: Value;
  onChoose: (value: Value) => void;
  choices: readonly { value: Value; name: string }[];
}) {
  return (
    <Base.Group>
      <Base.GroupLabel className="menu-heading">{props.heading}</Base.GroupLabel>
      <Base.RadioGroup value={props.value} onValueChange={props.onChoose}>
        {props.choices.map(each => (
          <Base.RadioItem key={each.value} value={each.value} className="menu-item">
            <span className="menu-mark">
              <Base.RadioItemIndicator>
                <CheckIcon />
              </Base.RadioItemIndicator>
            </span>
            {each.name}
          </Base.RadioItem>
        ))}
      </Base.RadioGroup>
    </Base.Group>
  );
}

/** Any of several, with a heading over them. */
export function MenuChecks(props: {
  heading: string;
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
  choices: readonly { value: string; name: ReactNode }[];
}) {
  const toggle = (value: string, checked: boolean) =>
    props.onChange(checked ? [...props.chosen, value] : props.chosen.filter(each => each !== value));
  return (
    <Base.Group>
      <Base.GroupLabel className="menu-heading">{props.heading}</Base.GroupLabel>
      {props.choices.map(each => (
        <Base.CheckboxItem
          key={each.value}
          className="menu-item"
          checked={props.chosen.includes(each.value)}
          onCheckedChange={checked => toggle(each.value, checked)}
        >
          <span className="menu-mark">
            <Base.CheckboxItemIndicator>
              <CheckIcon />
            </Base.CheckboxItemIndicator>
          </span>
          {each.name}
        </Base.CheckboxItem>
      ))}
    </Base.Group>
  );
}

/** Some of a menu's items, with a heading over them. */
export function MenuGroup(props: { heading: string; children: ReactNode }) {
  return (
    <Base.Group>
      <Base.GroupLabel className="menu-heading">{props.heading}</Base.GroupLabel>
      {props.children}
    </Base.Group>
  );
}

/** A line between items. */
export function MenuLine() {
  return <Base.Separator className="menu-line" />;
}
