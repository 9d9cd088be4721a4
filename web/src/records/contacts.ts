import { ask } from '../api/ask';
import { graphql } from '../api/graphql';
import type { Pickable } from '../ui/pick';

const FindPeople = graphql(`
  query FindPeople($search: String) {
    people(search: $search, first: 20) { nodes { id name emails organization { name } } }
  }
`);

const FindOrganizations = graphql(`
  query FindOrganizations($search: String) {
    organizations(search: $search, first: 20) { nodes { id name domain } }
  }
`);

/** The people whose name has this text, the first of them. */
export async function findPeople(search: string, signal: AbortSignal): Promise<Pickable[]> {
  const { people } = await ask(FindPeople, { search }, signal);
  return people.nodes.map(({ id, name, emails, organization }) => ({ id, name, hint: organization?.name ?? emails[0] }));
}

/** The organizations whose name has this text, the first of them. */
export async function findOrganizations(search: string, signal: AbortSignal): Promise<Pickable[]> {
  const { organizations } = await ask(FindOrganizations, { search }, signal);
  return organizations.nodes.map(({ id, name, domain }) => ({ id, name, hint: domain ?? undefined }));
}
