import type { ServerParts } from './serverParts.ts';

/** The body of `/metrics`. */
export function renderState({ metrics, queue, models, openStreams }: ServerParts & { openStreams(): number }): string {
  const restarts = models.reduce((sum, model) => sum + model.restarts, 0);
  return metrics.render({
    asr_requests_running: { help: 'Transcriptions being recognised.', value: queue.running },
    asr_requests_waiting: { help: 'Transcriptions being sent or waiting for their turn.', value: queue.waiting },
    asr_streams_open: { help: 'Open WebSocket streams.', value: openStreams() },
    asr_models: { help: 'Models that are served.', value: models.length },
    asr_model_restarts_total: {
      help: 'Times that the process of a model was started again.',
      ...{ value: restarts, type: 'counter' },
    },
    process_resident_memory_bytes: {
      help: 'Memory of the server without its models.',
      value: process.memoryUsage.rss(),
    },
    process_cpu_seconds_total: { help: 'Processor time of the server.', value: cpuSec(), type: 'counter' },
    process_start_time_seconds: {
      help: 'When the server was started.',
      value: performance.timeOrigin / 1000,
    },
  });
}

function cpuSec(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
