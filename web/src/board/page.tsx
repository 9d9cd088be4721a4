import { graphql } from '../api/graphql';
import { useQuery } from '../api/query';
import { useFormat } from '../i18n/format';

const Overview = graphql(`
  query Overview {
    pipelines { id name stages { id name totals { count value { amount currency } } } }
  }
`);

/** The pipelines with what is in their stages. */
export default function BoardPage() {
  const { data, error } = useQuery(Overview, {});
  const format = useFormat();
  if (error) return <p className="refusal">{error.message}</p>;
  return (
    <div className="page">
      {data?.pipelines.map(pipeline => (
        <section key={pipeline.id} className="panel page">
          <h1 className="page-title">{pipeline.name}</h1>
          <ul>
            {pipeline.stages.map(({ id, name, totals }) => (
              <li key={id}>
                {name}: {format.number(totals.count)} · {totals.value.map(format.money).join(' · ')}
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}
