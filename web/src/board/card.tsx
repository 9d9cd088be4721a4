import { draggable } from '@atlaskit/pragmatic-drag-and-drop/element/adapter';
import { memo, useEffect, useLayoutEffect, useRef } from 'react';
import { Link } from 'wouter';

import { daysBetween, useFormat } from '../i18n/format';
import { Avatar } from '../ui/avatar';
import { ClockIcon, MoreIcon, ThumbDownIcon, TrashIcon, TrophyIcon } from '../ui/icons';
import { LabelMark } from '../ui/mark';
import { Menu, MenuGroup, MenuItem, MenuLine } from '../ui/menu';
import type { Card } from './documents';
import { arrive } from './motion';
import type { Destination } from './pending';
import { useTexts } from './texts';

/** A deal on the board: its title is the link to it, and its menu does what dragging does. */
export const CardView = memo(function CardView(props: {
  card: Card;
  stages: readonly { id: string; name: string }[];
  stageId: string;
  isGrabbed: boolean;
  /** Whether Tab stops here: at one card of each column. */
  isStop: boolean;
  onFocus: (dealId: string) => void;
  onSend: (card: Card, to: Destination) => void;
}) {
  const { card } = props;
  const format = useFormat();
  const texts = useTexts();
  const element = useRef<HTMLElement>(null);
  useLayoutEffect(() => arrive(element.current!, card.id), [card.id, props.stageId]);
  useEffect(() => draggable({ element: element.current!, getInitialData: () => ({ dealId: card.id }) }), [card.id]);
  const contact = [card.person?.name, card.organization?.name].filter(Boolean).join(' · ');
  return (
    <article
      ref={element}
      className="card"
      data-deal={card.id}
      data-grabbed={props.isGrabbed ? '' : undefined}
      data-rotten={card.isRotten ? '' : undefined}
    >
      <Link
        href={`/deals/${card.id}`}
        className="card-title"
        draggable={false}
        tabIndex={props.isStop ? 0 : -1}
        aria-describedby="board-hint"
        onFocus={() => props.onFocus(card.id)}
      >
        {card.title}
      </Link>
      <p className="card-contact">{contact}</p>
      <p className="card-worth">
        <span className="card-value">{card.value && format.money(card.value)}</span>
        <span className="for-readers">{texts.owner(card.owner.name)}</span>
        <Avatar name={card.owner.name} title={texts.owner(card.owner.name)} />
      </p>
      <p className="card-marks">
        <Due at={card.nextActivity?.dueAt} />
        {card.isRotten && (
          <span className="chip" data-tone="warn">
            {texts.rotten}
          </span>
        )}
        {card.labels.map(label => (
          <LabelMark key={label.id} {...label} />
        ))}
      </p>
      <CardMenu {...props} />
    </article>
  );
});

function CardMenu(props: {
  card: Card;
  stages: readonly { id: string; name: string }[];
  stageId: string;
  isStop: boolean;
  onSend: (card: Card, to: Destination) => void;
}) {
  const { card } = props;
  const texts = useTexts();
  return (
    <Menu
      trigger={
        <button
          type="button"
          className="button card-menu"
          data-kind="quiet"
          data-shape="icon"
          tabIndex={props.isStop ? 0 : -1}
          aria-label={texts.actions(card.title)}
        >
          <MoreIcon />
        </button>
      }
    >
      <MenuGroup heading={texts.moveTo}>
        {props.stages
          .filter(stage => stage.id !== props.stageId)
          .map(stage => (
            <MenuItem key={stage.id} onSelect={() => props.onSend(card, { stageId: stage.id })}>
              {stage.name}
            </MenuItem>
          ))}
      </MenuGroup>
      <MenuLine />
      <MenuItem onSelect={() => props.onSend(card, 'won')}>
        <TrophyIcon /> {texts.won}
      </MenuItem>
      <MenuItem onSelect={() => props.onSend(card, 'lost')}>
        <ThumbDownIcon /> {texts.lost}
      </MenuItem>
      <MenuItem kind="danger" onSelect={() => props.onSend(card, 'deleted')}>
        <TrashIcon /> {texts.remove}
      </MenuItem>
    </Menu>
  );
}

function Due({ at }: { at: string | null | undefined }) {
  const texts = useTexts();
  const format = useFormat();
  if (!at) return <span className="card-idle">{texts.noActivity}</span>;
  const isOverdue = new Date(at) < new Date();
  const isToday = daysBetween(new Date(), new Date(at)) === 0;
  const when = format.relative(at);
  return (
    <span className="chip" data-tone={isOverdue ? 'danger' : isToday ? 'warn' : undefined}>
      <ClockIcon />
      {isOverdue ? texts.overdue(when) : texts.due(when)}
    </span>
  );
}
