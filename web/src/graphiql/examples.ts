import account from './examples/account.graphql?raw';
import board from './examples/board.graphql?raw';
import convertLeads from './examples/convertLeads.graphql?raw';
import pipelineChanged from './examples/pipelineChanged.graphql?raw';
import type { Entry } from './entry';
import { ask } from './fetcher';

/** What an opened page knows: who came in, and examples filled with the account's own ids. */
export interface Opening {
  name: string;
  tabs: { query: string; variables?: string }[];
}

interface Account {
  viewer: { user: { name: string }; account: { name: string } };
  pipelines: { id: string; stages: { id: string }[] }[];
  leads: { nodes: { id: string }[] };
}

/** Asks who came in; throws what the server says where it is refused. */
export async function open(entry: Entry): Promise<Opening> {
  const { viewer, pipelines, leads } = await ask<Account>(entry, account);
  const pipeline = pipelines[0];
  return {
    name: `${viewer.user.name}, ${viewer.account.name}`,
    tabs: [
      { query: board },
      { query: convertLeads, variables: json({ leadIds: leads.nodes.map(lead => lead.id), stageId: pipeline?.stages[0]?.id }) },
      { query: pipelineChanged, variables: json({ pipelineId: pipeline?.id ?? '' }) },
    ],
  };
}

function json(variables: Record<string, unknown>): string {
  return JSON.stringify(variables, null, 2);
}
