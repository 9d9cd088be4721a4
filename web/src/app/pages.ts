import { type ComponentType, lazy } from 'react';

import { BoardIcon, ChartIcon, ChatIcon, CodeIcon, FormIcon, InboxIcon, SettingsIcon, UploadIcon } from '../ui/icons';

/** A page: its address, what shows it, and its place in the navigation. */
export interface Page {
  /** As wouter writes it: /deals/:id. */
  path: string;
  /** Its address in the navigation, where the path has parts that vary. */
  href?: string;
  Content: ComponentType;
  /** Its key in the navigation's texts (./texts.ts); a page that is reached from others has none. */
  name?: 'board' | 'inbox' | 'chat' | 'dashboard' | 'forms' | 'imports' | 'settings' | 'developer';
  Icon?: ComponentType;
}

// Each page is a folder of its own, fetched when it is first shown. To add one, see web/README.md.
const boardPage = lazy(() => import('../board/page'));
const inboxPage = lazy(() => import('../inbox/page'));
const chatPage = lazy(() => import('../chat/page'));
const dashboardPage = lazy(() => import('../dashboard/page'));
const formsPage = lazy(() => import('../forms/page'));
const importPage = lazy(() => import('../imports/page'));
const customFieldsPage = lazy(() => import('../custom-fields/page'));
const productsPage = lazy(() => import('../products/page'));
const duplicatesPage = lazy(() => import('../duplicates/page'));
const chatsPage = lazy(() => import('../chats/page'));
const templatesPage = lazy(() => import('../templates/page'));
const registerPage = lazy(() => import('../register/page'));
const planPage = lazy(() => import('../plan/page'));
const developerPage = lazy(() => import('../developer/page'));
const dealPage = lazy(() => import('../deals/page'));

export const PAGES: Page[] = [
  { path: '/', Content: boardPage, name: 'board', Icon: BoardIcon },
  { path: '/pipelines/:id', Content: boardPage },
  { path: '/leads/:id?', href: '/leads', Content: inboxPage, name: 'inbox', Icon: InboxIcon },
  { path: '/deals/:id', Content: dealPage },
  { path: '/chat/:id?', href: '/chat', Content: chatPage, name: 'chat', Icon: ChatIcon },
  { path: '/dashboard', Content: dashboardPage, name: 'dashboard', Icon: ChartIcon },
  { path: '/web-forms', Content: formsPage, name: 'forms', Icon: FormIcon },
  { path: '/import', Content: importPage, name: 'imports', Icon: UploadIcon },
  { path: '/settings', Content: customFieldsPage, name: 'settings', Icon: SettingsIcon },
  { path: '/settings/products', Content: productsPage },
  { path: '/settings/contacts', Content: duplicatesPage },
  { path: '/settings/chats', Content: chatsPage },
  { path: '/settings/templates', Content: templatesPage },
  { path: '/settings/register', Content: registerPage },
  { path: '/settings/plan', Content: planPage },
  { path: '/developer', Content: developerPage, name: 'developer', Icon: CodeIcon },
];
