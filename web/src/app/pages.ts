import { type ComponentType, lazy } from 'react';

import { BoardIcon } from '../ui/icons';

/** A page: its address, what shows it, and its place in the navigation. */
export interface Page {
  /** As wouter writes it: /deals/:id. */
  path: string;
  Content: ComponentType;
  /** Its key in the navigation's texts (./texts.ts); a page that is reached from others has none. */
  name?: 'board';
  Icon?: ComponentType;
}

// Each page is a folder of its own, fetched when it is first shown. To add one, see web/README.md.
const boardPage = lazy(() => import('../board/page'));

export const PAGES: Page[] = [
  { path: '/', Content: boardPage, name: 'board', Icon: BoardIcon },
  { path: '/pipelines/:id', Content: boardPage },
];
