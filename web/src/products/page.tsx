import { useState } from 'react';

import { useQuery } from '../api/query';
import { useSignedIn } from '../api/session';
import { useFormat } from '../i18n/format';
import { EditButton, Kept, NewButton, Settings, useEditing, useIsAdmin } from '../settings/frame';
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
  const editing = useEditing<Product>(reload);
  const product = editing.what;

  return (
    <Settings
      part="products"
      error={error}
      action={<NewButton name={texts.newProduct} onClick={() => editing.begin('new')} />}
      adminsOnly={texts.adminsOnly}
    >
      {editing.isOpen && (
        <Editor key={product?.id ?? 'new'} product={product} begun={draftOf(product, account.currency)} onSaved={editing.done} onClose={editing.close} />
      )}
      <Search label={texts.search} value={search} onChange={setSearch} />
      {data?.products.nodes.length === 0 && <p className="record-none">{search ? texts.noMatch : texts.none}</p>}
      <ul className="settings-list">
        {data?.products.nodes.map(each => <Row key={each.id} product={each} onEdit={isAdmin ? () => editing.begin(each) : undefined} />)}
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
      {onEdit && <EditButton name={product.name} onClick={onEdit} />}
    </Kept>
  );
}
