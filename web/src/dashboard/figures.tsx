import { useFormat } from '../i18n/format';
import { useLocale } from '../i18n/locale';
import { type Bar, Bars } from './chart';
import type { Figures } from './documents';
import { share } from './period';
import { useTexts } from './texts';

type Stages = Figures['stages'];

/** What was won and lost, in numbers. */
export function Outcomes({ outcomes }: { outcomes: Figures['outcomes'] }) {
  const texts = useTexts();
  const format = useFormat();
  const { won, lost } = outcomes;
  const closed = won.count + lost.count;
  const tiles = [
    { name: texts.won, number: format.number(won.count), more: won.value.map(format.money) },
    { name: texts.lost, number: format.number(lost.count), more: lost.value.map(format.money) },
    { name: texts.winRate, number: closed ? format.percent(share(won.count, closed)) : '–', more: [texts.deals(closed)] },
  ];
  return (
    <dl className="tiles">
      {tiles.map(tile => (
        <div key={tile.name} className="panel tile">
          <dt>{tile.name}</dt>
          <dd>
            <strong>{tile.number}</strong>
            {tile.more.map(each => (
              <span key={each}>{each}</span>
            ))}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** How far deals came, stage by stage. */
export function Funnel({ stages }: { stages: Stages }) {
  const texts = useTexts();
  const format = useFormat();
  const first = stages[0]?.funnel.reached ?? 0;
  const bar = (key: string, name: string, count: number): Bar => ({
    key,
    name,
    size: count,
    text: texts.reachedText(format.number(count), format.percent(share(count, first))),
  });
  const won = stages[0]?.funnel.won ?? 0;
  const bars = first ? [...stages.map(({ id, name, funnel }) => bar(id, name, funnel.reached)), bar('won', texts.wonStep, won)] : [];
  return <Bars title={texts.funnel} why={texts.funnelWhy} heads={[texts.stage, texts.reached]} bars={bars} none={texts.none} />;
}

/** What is expected, month by month; the longest currency's sum is the bar. */
export function Forecast({ months }: { months: Figures['forecast'] }) {
  const texts = useTexts();
  const format = useFormat();
  const locale = useLocale();
  const named = new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric' });
  const bars = months.map(({ month, value, weightedValue }): Bar => {
    const size = Number(value[0]?.amount ?? 0);
    return {
      key: month ?? '',
      name: month ? named.format(new Date(`${month}-01T12:00`)) : texts.noMonth,
      size,
      part: Number(weightedValue[0]?.amount ?? 0),
      text: texts.forecastText(format.list(weightedValue.map(format.shortMoney)), format.list(value.map(format.shortMoney))),
    };
  });
  return <Bars title={texts.forecast} why={texts.forecastWhy} heads={[texts.month, texts.value]} bars={bars} none={texts.none} />;
}

/** How long deals have been in their stages. */
export function Ages({ stages }: { stages: Stages }) {
  const texts = useTexts();
  const bars = stages
    .filter(({ ages }) => ages.count > 0)
    .map(({ id, name, ages }): Bar => {
      const age = texts.ageText(texts.days(Math.round(ages.averageDays ?? 0)), texts.days(Math.round(ages.oldestDays ?? 0)));
      return {
        key: id,
        name,
        size: ages.averageDays ?? 0,
        text: ages.rottenCount ? `${age} · ${texts.rotten(ages.rottenCount)}` : age,
        tone: ages.rottenCount ? 'danger' : undefined,
      };
    });
  return <Bars title={texts.ages} why={texts.agesWhy} heads={[texts.stage, texts.age]} bars={bars} none={texts.none} />;
}

/** Why deals were lost. */
export function Reasons({ reasons }: { reasons: Figures['outcomes']['lostReasons'] }) {
  const texts = useTexts();
  const format = useFormat();
  const bars = reasons.map(
    ({ reason, count, value }): Bar => ({
      key: reason ?? '',
      name: reason ?? texts.noReason,
      size: count,
      text: [texts.deals(count), ...value.map(format.shortMoney)].join(' · '),
    }),
  );
  return <Bars title={texts.reasons} heads={[texts.reason, texts.reached]} bars={bars} none={texts.none} />;
}
