import './page.css';

import { useCallback, useMemo } from 'react';
import { useLocation, useParams, useSearch } from 'wouter';

import { useQuery } from '../api/query';
import { Choices } from './documents';
import { type Narrowing, readNarrowing, writeNarrowing } from './filter';
import { useTexts } from './texts';
import { BoardView } from './view';

/** The board of the pipeline in the address, else of the first one. */
export default function BoardPage() {
  const texts = useTexts();
  const { id } = useParams<{ id?: string }>();
  const { data, error } = useQuery(Choices, {});
  const [narrowing, setNarrowing] = useNarrowing();
  const pipelineId = id ?? data?.pipelines[0]?.id;
  if (!pipelineId) return <p className="lone">{error?.message ?? (data ? texts.none : texts.loading)}</p>;
  return <BoardView key={pipelineId} pipelineId={pipelineId} choices={data} narrowing={narrowing} onNarrow={setNarrowing} />;
}

function useNarrowing(): [Narrowing, (narrowing: Narrowing) => void] {
  const search = useSearch();
  const [path, navigate] = useLocation();
  const narrowing = useMemo(() => readNarrowing(new URLSearchParams(search)), [search]);
  const change = useCallback(
    (next: Narrowing) => {
      const address = writeNarrowing(next);
      navigate(address.size ? `${path}?${address}` : path, { replace: true });
    },
    [navigate, path],
  );
  return [narrowing, change];
}
