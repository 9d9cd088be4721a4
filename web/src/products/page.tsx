import { useState } from 'react';

import { useQuery } from '../api/query';
import { useSignedIn } from '../api/session';
import { useFormat } from '../i18n/format';
import { Kept, Settings, useIsAdmin } from '../settings/frame';
import { announce } from '../ui/notices';
import { Search } from '../ui/search';
import { Catalogue, type Product } from './documents';
import { draftOf } from './draft';
import { Editor } from './editor';
import { useTexts } from './texts';

/** The catalogue. */
export default function ProductsPage() {
  const texts = useTexts();
  const isAdmin = useIsAdmin();
  const { account } = useSignedIn();
  const [search, setSearch] = useState('');
  const { data, error, reload } = useQuery(Catalogue, { search: search || null });
  const [editing, setEditing] = useState<Product | 'new'>();
  const product = editing === 'new' ? undefined : editing;

  function done(name: string) {
    setEditing(undefined);
    announce(texts.saved(name));
    reload();
  }

  return (
    <Settings
      part="products"
      error={error}
      action={
        isAdmin && (
          <button type="button" className="button" data-kind="main" onClick={() => setEditing('new')}>
            {texts.newProduct}
          </button>
        )
      }
    >
      {!isAdmin && <p className="record-none">{texts.adminsOnly}</p>}
      {editing && (
        <Editor key={product?.id ?? 'new'} product={product} begun={draftOf(product, account.currency)} onSaved={done} onClose={() => setEditing(undefined)} />
      )}
      <Search label={texts.search} value={search} onChange={setSearch} />
      {data?.products.nodes.length === 0 && <p className="record-none">{search ? texts.noMatch : texts.none}</p>}
      <ul className="settings-list">
        {data?.products.nodes.map(each => <Row key={each.id} product={each} onEdit={isAdmin ? () => setEditing(each) : undefined} />)}
      </ul>
      {data?.products.pageInfo.hasNextPage && <p className="record-soft">{texts.more(data.products.nodes.length, data.products.totalCount)}</p>}
    </Settings>
  );
}

function Row({ product, onEdit }: { product: Product; onEdit: (() => void) | undefined }) {
  const texts = useTexts();
  const format = useFormat();
  const prices = product.prices.map(({ price }) => format.exactMoney(price)).join(' · ');
  return (
    <Kept
      name={
        <>
          {product.name} {!product.isActive && <span className="chip">{texts.off}</span>}
        </>
      }
      about={[product.code, prices || texts.noPrice, product.unit && texts.per(product.unit), texts.tax(product.taxRate)].filter(Boolean).join(' · ')}
    >
      {onEdit && (
        <button type="button" className="button" aria-label={`${texts.edit}: ${product.name}`} onClick={onEdit}>
          {texts.edit}
        </button>
      )}
    </Kept>
  );
}
