import type { Delivery, Receiver } from '../../../shared/model/notification.ts';
import { HOUR_MS } from '../../../shared/unit/time.ts';
import type { Story } from './fleet-incident.ts';

/** Those of the routes, in their order: two with channels of their own, one that falls back to this machine. */
export const receivers: readonly Receiver[] = [
  {
    id: 'on_call_engineer',
    position: 0,
    channels: [
      { kind: 'desktop', address: null },
      { kind: 'browser', address: null },
    ],
    ownChannels: false,
    routes: [
      { priority: 'P0', hours: 'always', sound: true },
      { priority: 'P1', hours: 'out', sound: false },
    ],
  },
  {
    id: 'ops-webhook',
    position: 1,
    channels: [{ kind: 'webhook', address: 'https://hooks.example/…' }],
    ownChannels: true,
    routes: [{ priority: 'P0', hours: 'always', sound: true }],
  },
  {
    id: 'ticket_system',
    position: 2,
    channels: [{ kind: 'browser', address: null }],
    ownChannels: true,
    routes: [{ priority: 'P3', hours: 'always', sound: false }],
  },
];

/** One page that was shown, and one that a webhook would not take. */
export function deliveries({ openedAt, now }: Story, incidentId: string): Delivery[] {
  const page = {
    title: 'SEV-2 ranking-model slow since v42',
    body: '',
    priority: 'P0',
    incidentId,
    groupKey: 'ranking-model',
    sound: true,
    resolved: false,
  } as const;
  const common = {
    alertIds: ['ranking-latency'],
    createdAt: openedAt,
    expiresAt: openedAt + HOUR_MS,
    page,
  };
  return [
    {
      ...common,
      id: 'd1',
      receiver: 'on_call_engineer',
      kind: 'browser',
      attempts: 1,
      nextTryAt: null,
      state: 'sent',
      sentAt: openedAt + 400,
      reason: 'P0, on_call_engineer',
      problem: null,
    },
    {
      ...common,
      id: 'd2',
      receiver: 'ops-webhook',
      kind: 'webhook',
      attempts: 3,
      nextTryAt: now + 20_000,
      state: 'queued',
      sentAt: null,
      reason: 'P0, ops-webhook',
      problem:
        'https://hooks.example answered 503. The page waits; it is tried again until it expires. Check the receiver’s address in midwatch.yaml.',
    },
  ];
}
