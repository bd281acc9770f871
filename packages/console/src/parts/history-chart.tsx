import type { HistoryAnswer } from '@gateway/client';
import { text } from '@gateway/texts';
import { useEffect, useRef, useState } from 'preact/hooks';
import UPlot from 'uplot';
import { onThemeChange } from '../lib/browser/theme.ts';
import { useGateway } from '../lib/gateway.ts';
import { usePolled } from '../lib/hooks.ts';
import { useWords, type Words } from '../lib/words.ts';

const EVERY_MS = 20_000;
const HEIGHT = 170;
const SPANS = [1, 6, 24];

/** The series, in the chart and in the table. */
const SERIES = {
  held: text('On hold'),
  waiting: text('Waiting'),
  sent: text('Sent'),
  failed: text('Failed'),
} as const;

/** Messages sent, messages waiting and the time on hold in the last hours. */
export function HistoryChart({ userId }: { userId: string }) {
  const { client } = useGateway();
  const words = useWords();
  const { t } = words;
  const [hours, setHours] = useState(6);
  const { value } = usePolled((signal) => client.accounts.history(userId, { hours, signal }), EVERY_MS, [
    client,
    userId,
    hours,
  ]);
  return (
    <section class="card" aria-labelledby="history">
      <div class="headline">
        <h2 id="history">{t('Last hours')}</h2>
        <div class="chips" role="group" aria-label={t('How far back')}>
          {SPANS.map((span) => (
            <button
              key={span}
              type="button"
              class="chip"
              aria-pressed={hours === span}
              onClick={() => setHours(span)}
            >
              {words.duration(span * 3_600)}
            </button>
          ))}
        </div>
      </div>
      {value !== null && (
        <figure>
          <Plot history={value} />
          <figcaption>{summary(value, words)}</figcaption>
        </figure>
      )}
      {value !== null && <Numbers history={value} />}
    </section>
  );
}

function summary({ points }: HistoryAnswer, { t, duration }: Words): string {
  const sum = (what: 'sent' | 'failed' | 'held_seconds') =>
    points.reduce((total, point) => total + point[what], 0);
  const most = Math.max(0, ...points.map(({ waiting }) => waiting));
  return t(
    '{sent, number} sent, {failed, number} failed, on hold for {time}, at most {most, number} waiting',
    { sent: sum('sent'), failed: sum('failed'), time: duration(sum('held_seconds')), most },
  );
}

/** The same data as numbers, for people who cannot see the chart. */
function Numbers({ history: { points } }: { history: HistoryAnswer }) {
  const { t, say, clock, duration, number } = useWords();
  const now = Date.now();
  const eventful = points.filter(
    (point) => point.sent + point.failed + point.waiting + point.held_seconds > 0,
  );
  if (eventful.length === 0) return null;
  return (
    <details>
      <summary>{t('As numbers')}</summary>
      <div class="scroll" tabIndex={0} role="region" aria-label={t('The last hours as numbers')}>
        <table>
          <thead>
            <tr>
              {[text('From'), SERIES.sent, SERIES.failed, SERIES.waiting, SERIES.held]
                .map(say)
                .map((name) => (
                  <th key={name} scope="col">
                    {name}
                  </th>
                ))}
            </tr>
          </thead>
          <tbody>
            {eventful.toReversed().map((point) => (
              <tr key={point.at}>
                <th scope="row">{clock(point.at, now)}</th>
                <td>{number(point.sent)}</td>
                <td>{number(point.failed)}</td>
                <td>{number(point.waiting)}</td>
                <td>{duration(point.held_seconds)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function Plot({ history }: { history: HistoryAnswer }) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot>();
  const words = useWords();
  useEffect(() => {
    const parent = place.current;
    if (parent === null) return;
    const draw = () => {
      plot.current?.destroy();
      plot.current = new UPlot(optionsFor(parent, history, words), dataOf(history), parent);
    };
    draw();
    const resized = new ResizeObserver(() =>
      plot.current?.setSize({ width: parent.clientWidth, height: HEIGHT }),
    );
    resized.observe(parent);
    const endTheme = onThemeChange(draw);
    return () => {
      resized.disconnect();
      endTheme();
      plot.current?.destroy();
    };
  }, [history, words]);
  return <div ref={place} class="plot" aria-hidden="true" />;
}

function dataOf({ points, step_seconds: step }: HistoryAnswer): UPlot.AlignedData {
  return [
    points.map(({ at }) => Date.parse(at) / 1_000),
    // The fraction of the step during which sends were held.
    points.map(({ held_seconds: held }) => Math.min(1, held / step)),
    points.map(({ waiting }) => waiting),
    points.map(({ sent, failed }) => sent + failed),
    points.map(({ failed }) => failed),
  ];
}

function optionsFor(
  parent: HTMLElement,
  { step_seconds: step }: HistoryAnswer,
  { say, hour, number }: Words,
): UPlot.Options {
  const style = getComputedStyle(parent);
  const colour = (name: string) => style.getPropertyValue(`--chart-${name}`).trim();
  const bars = UPlot.paths.bars?.({ size: [0.8, 40], align: 1 });
  const full = UPlot.paths.bars?.({ size: [1, Infinity], align: 1 });
  const axis = {
    stroke: colour('text'),
    grid: { stroke: colour('grid'), width: 1 },
    ticks: { show: false },
    font: '12px system-ui',
  };
  const whole = (_: UPlot, ticks: number[]) =>
    ticks.map((tick) => (Number.isInteger(tick) ? number(tick) : ''));
  const hours = (_: UPlot, ticks: number[]) => ticks.map((tick) => hour(tick * 1_000));
  return {
    width: parent.clientWidth,
    height: HEIGHT,
    cursor: { points: { show: false } },
    legend: { show: true, live: false },
    scales: {
      x: { time: true, range: (_, min, max) => [min, max + step] },
      held: { range: [0, 1] },
      y: { range: (_, __, max) => [0, Math.max(4, max * 1.1)] },
    },
    axes: [
      { ...axis, space: 70, values: hours },
      { ...axis, size: 36, values: whole },
    ],
    series: [
      {},
      {
        label: say(SERIES.held),
        scale: 'held',
        fill: colour('held'),
        ...(full && { paths: full }),
        points: { show: false },
      },
      { label: say(SERIES.waiting), stroke: colour('waiting'), width: 2, points: { show: false } },
      {
        label: say(SERIES.sent),
        fill: colour('sent'),
        ...(bars && { paths: bars }),
        points: { show: false },
      },
      {
        label: say(SERIES.failed),
        fill: colour('failed'),
        ...(bars && { paths: bars }),
        points: { show: false },
      },
    ],
  };
}
