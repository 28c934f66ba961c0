import { expect, test } from 'vitest';
import type { ReceiptBody } from '#shared/contracts/payments/statements.ts';
import { LOCALES } from '#shared/regions.ts';
import { receiptPage } from './receipt-page.ts';

const RECEIPT: ReceiptBody = {
  receipt_number: '20261124-9K2M-P3QX-7T0A',
  transaction_id: '01890a5d-ac96-774b-8cce-0302099a8057',
  type: 'withdrawal',
  payer: { user_id: '01890a5d-ac96-774b-8cce-0302099a8058', name: 'Nok & <Lek>' },
  payee: { user_id: null, name: null },
  amount: '9007199254740993.10',
  currency: 'THB',
  fees: { processing_fee: '0.00', conversion_fee: '0.00', total_fees: '0.00' },
  total: '9007199254740993.10',
  exchange_rate: null,
  payment_method: 'bank',
  description: null,
  reference: null,
  order_id: null,
  created_at: '2026-11-24T23:30:00.000Z',
  completed_at: '2026-11-24T23:30:00.000Z',
};

test.each(LOCALES)('a page in %s says what it is in that language, and escapes what people wrote', (locale) => {
  const page = receiptPage(RECEIPT, { locale, timezone: 'Asia/Bangkok' });
  expect(page).toContain(`<html lang="${locale}">`);
  expect(page).toContain('Nok &amp; &lt;Lek&gt;');
  expect(page).not.toContain('undefined');
});

test('sums that a float cannot hold are written to the last satang, and moments in the zone of the reader', () => {
  const page = receiptPage(RECEIPT, { locale: 'en', timezone: 'Asia/Bangkok' });
  expect(page).toContain('9,007,199,254,740,993.10');
  expect(page).toContain('November 25, 2026');
  expect(receiptPage(RECEIPT, { locale: 'en', timezone: 'UTC' })).toContain('November 24, 2026');
});

test('fees and the total have lines only where there are fees', () => {
  const reader = { locale: 'en', timezone: 'UTC' } as const;
  const fees = { processing_fee: '5.00', conversion_fee: '0.00', total_fees: '5.00' };
  expect(receiptPage(RECEIPT, reader)).not.toContain('Total');
  expect(receiptPage({ ...RECEIPT, amount: '10.00', fees, total: '15.00' }, reader)).toContain('15.00');
  const dong = receiptPage({ ...RECEIPT, amount: '120000', currency: 'VND' }, { locale: 'vi', timezone: 'UTC' });
  expect(dong).toMatch(/120\.000\s₫/);
});
