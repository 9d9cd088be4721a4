import { ask } from '../api/ask';
import { useSignedIn } from '../api/session';
import { useCommand } from '../records/command';
import { findPeople } from '../records/contacts';
import { Refusal, Section } from '../records/section';
import { Avatar } from '../ui/avatar';
import { CloseIcon } from '../ui/icons';
import { Pick } from '../ui/pick';
import { AddParticipants, type Deal, FollowDeal, RemoveParticipants, UnfollowDeal } from './documents';
import { useTexts } from './texts';

/** Who takes part in a deal, and who follows it. */
export function Participants({ deal }: { deal: Deal }) {
  const texts = useTexts();
  const { user } = useSignedIn();
  const command = useCommand();
  const follows = deal.followers.some(each => each.id === user.id);
  const input = { dealId: deal.id };
  const follow = () =>
    follows
      ? ask(UnfollowDeal, { input }).then(data => data.unfollowDeal)
      : ask(FollowDeal, { input }).then(data => data.followDeal);
  return (
    <Section
      title={texts.participants}
      count={deal.participants.length}
      action={
        deal.owner.id !== user.id && (
          <button type="button" className="button" aria-pressed={follows} onClick={() => void command.run(follow())}>
            {follows ? texts.unfollow : texts.follow}
          </button>
        )
      }
    >
      <ul className="participants">
        {deal.participants.map(person => (
          <li key={person.id}>
            <Avatar name={person.name} />
            <span>
              {person.name} <span className="record-soft">{person.emails[0]}</span>
            </span>
            {person.id !== deal.person?.id && (
              <button
                type="button"
                className="button"
                data-kind="quiet"
                data-shape="icon"
                aria-label={texts.removeParticipant(person.name)}
                onClick={() => void command.run(ask(RemoveParticipants, { input: { ...input, personIds: [person.id] } }).then(data => data.removeParticipants))}
              >
                <CloseIcon />
              </button>
            )}
          </li>
        ))}
      </ul>
      <Pick
        key={deal.participants.length}
        label={texts.addParticipant}
        value={null}
        search={findPeople}
        onChange={person => person && void command.run(ask(AddParticipants, { input: { ...input, personIds: [person.id] } }).then(data => data.addParticipants))}
      />
      <Refusal>{command.refusal}</Refusal>
      <p className="record-soft">
        {texts.followers}: {deal.followers.map(each => each.name).join(', ')}
      </p>
    </Section>
  );
}
