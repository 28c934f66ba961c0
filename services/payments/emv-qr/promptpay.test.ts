import { expect, test } from 'vitest';
import { crc16 } from './crc16.ts';
import { promptPayBill, referencesOf } from './promptpay.ts';

const BILL = {
  billerId: '099400016550100',
  reference1: 'INV12345',
  reference2: 'REF2',
  money: { minor: 630n, currency: 'THB' },
} as const;

test('a QR code refuses parts that a bank would refuse', () => {
  expect(() => promptPayBill({ ...BILL, billerId: '09940001655010' })).toThrow(RangeError);
  expect(() => promptPayBill({ ...BILL, reference1: 'inv12345' })).toThrow(RangeError);
  expect(() => promptPayBill({ ...BILL, reference2: '' })).toThrow(RangeError);
  expect(() => promptPayBill({ ...BILL, reference1: 'A'.repeat(21) })).toThrow(RangeError);
  expect(() => promptPayBill({ ...BILL, money: { minor: 630n, currency: 'SGD' } })).toThrow(RangeError);
});

test('the checksum of the digits one to nine is 29B1', () => {
  expect(crc16('123456789')).toBe('29B1');
});

test('the checksum agrees with published codes', () => {
  const published = [
    '00020101021129370016A000000677010111011300668012345675802TH530376463046197',
    '00020101021230590016A00000067701011201150994000165501000208INV123450304REF253037645802TH5406300.006304C186',
    '00020101021238570010A00000072701270006970415011300110019324180208QRIBFTTA530370454061200005802VN62170813ung ho lu lut6304C15C',
  ];
  for (const code of published) expect(crc16(code.slice(0, -4))).toBe(code.slice(-4));
});

test('a bill is a dynamic code with the biller, both references and the exact sum', () => {
  const code = promptPayBill(BILL);
  const account = '0016A00000067701011201150994000165501000208INV123450304REF2';
  expect(code.slice(0, -4)).toBe(`00020101021230${account.length}${account}530376454046.305802TH6304`);
  expect(code.slice(-4)).toBe(crc16(code.slice(0, -4)));
});

test('the references of a code lead back to the transaction', () => {
  const id = '01999999-aaaa-7bbb-8ccc-0ddddddddddd';
  const { reference1, reference2 } = referencesOf(id);
  expect((reference1 + reference2).toLowerCase()).toBe(id.replaceAll('-', ''));
  expect(() => promptPayBill({ ...BILL, reference1, reference2 })).not.toThrow();
});
