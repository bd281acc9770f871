import { expect, it } from 'vitest';
import { DataCenters } from './data-centers.ts';

const moved = { id: 2, ipAddress: '149.154.167.99', port: 443 };

it('knows the data centres of Telegram where none are set', () => {
  const dataCenters = new DataCenters([]);
  expect([1, 2, 3, 4, 5].map((id) => dataCenters.find(id)?.id)).toEqual([1, 2, 3, 4, 5]);
  expect(dataCenters.find(dataCenters.first)).toBeDefined();
  expect(dataCenters.find(6)).toBeUndefined();
});

it('takes over an address that Telegram gives out, of the kind that it can use', () => {
  const dataCenters = new DataCenters([]);
  dataCenters.learn([
    { ...moved, ipv6: true, ipAddress: '::1' },
    { ...moved, mediaOnly: true, ipAddress: '149.154.0.1' },
    moved,
  ]);
  expect(dataCenters.find(2)).toEqual({ id: 2, host: '149.154.167.99', port: 443 });
});

it('keeps an address that Telegram still lists', () => {
  const dataCenters = new DataCenters([]);
  const known = dataCenters.find(2);
  dataCenters.learn([moved, { id: 2, ipAddress: known?.host ?? '', port: 443 }]);
  expect(dataCenters.find(2)).toEqual(known);
});

it('has no others than those of the settings, and begins with the first', () => {
  const dataCenters = new DataCenters([
    { id: 2, host: '127.0.0.1', port: 4430 },
    { id: 4, host: '127.0.0.1', port: 4431 },
  ]);
  dataCenters.learn([moved, { ...moved, id: 5 }]);
  expect(dataCenters.first).toBe(2);
  expect(dataCenters.find(2)).toEqual({ id: 2, host: '127.0.0.1', port: 4430 });
  expect(dataCenters.find(5)).toBeUndefined();
});
