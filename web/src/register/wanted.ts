import type { ProspectInput } from './documents';

/** Which companies are wanted, as it is being written: every text is there, empty for any. */
export interface Wanted {
  industries: string;
  places: string;
  sizeFrom: string;
  sizeTo: string;
  most: string;
}

export const ANY: Wanted = { industries: '', places: '', sizeFrom: '', sizeTo: '', most: '1000' };

/** What is wanted as the API takes it; words stand between commas. */
export function inputOf(wanted: Wanted): Omit<ProspectInput, 'id'> {
  const most = countOf(wanted.most);
  return {
    industries: wordsOf(wanted.industries),
    places: wordsOf(wanted.places),
    sizeFrom: countOf(wanted.sizeFrom),
    sizeTo: countOf(wanted.sizeTo),
    ...(most === null ? {} : { most }),
  };
}

function wordsOf(written: string): string[] {
  return written.split(',').flatMap(word => word.trim() || []);
}

function countOf(written: string): number | null {
  return written.trim() === '' ? null : Math.trunc(Number(written));
}
