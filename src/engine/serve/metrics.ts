/** Counts since the start, told in Prometheus' text format 0.0.4. */
export interface Metrics {
  /** A request is over; `route` is one of the server's own names, never what the client wrote. */
  answered(route: string, code: number, durationSec: number): void;
  /** Audio that was recognised. */
  heard(durationSec: number): void;
  /** `gauges`: what is the case now, name → value. */
  render(gauges: Readonly<Record<string, Gauge>>): string;
}

export interface Gauge {
  help: string;
  value: number;
  type?: 'gauge' | 'counter';
}

const bounds = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

export function createMetrics(): Metrics {
  const requests = new Map<string, { route: string; code: number; count: number }>();
  const durations = new Map<string, { buckets: number[]; sum: number; count: number }>();
  let audioSec = 0;
  return {
    answered(route, code, durationSec) {
      const key = `${route} ${code}`;
      const row = requests.get(key) ?? { route, code, count: 0 };
      row.count++;
      requests.set(key, row);
      const histogram = durations.get(route) ?? { buckets: bounds.map(() => 0), sum: 0, count: 0 };
      histogram.sum += durationSec;
      histogram.count++;
      bounds.forEach((bound, i) => {
        if (durationSec <= bound) histogram.buckets[i]!++;
      });
      durations.set(route, histogram);
    },
    heard(durationSec) {
      audioSec += durationSec;
    },
    render(gauges) {
      const lines = heading('asr_http_requests_total', 'counter', 'Requests that were answered, by route and code.');
      for (const { route, code, count } of requests.values())
        lines.push(`asr_http_requests_total{route="${route}",code="${code}"} ${count}`);
      const name = 'asr_http_request_duration_seconds';
      lines.push(...heading(name, 'histogram', 'Time from the headers of a request to the end of its answer.'));
      for (const [route, { buckets, sum, count }] of durations) {
        bounds.forEach((bound, i) => {
          lines.push(`${name}_bucket{route="${route}",le="${bound}"} ${buckets[i]}`);
        });
        lines.push(`${name}_bucket{route="${route}",le="+Inf"} ${count}`);
        lines.push(`${name}_sum{route="${route}"} ${sum}`, `${name}_count{route="${route}"} ${count}`);
      }
      lines.push(...heading('asr_audio_seconds_total', 'counter', 'Audio that was recognised.'));
      lines.push(`asr_audio_seconds_total ${audioSec}`);
      for (const [gauge, { help, value, type = 'gauge' }] of Object.entries(gauges))
        lines.push(...heading(gauge, type, help), `${gauge} ${value}`);
      return `${lines.join('\n')}\n`;
    },
  };
}

const heading = (name: string, type: string, help: string) => [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
