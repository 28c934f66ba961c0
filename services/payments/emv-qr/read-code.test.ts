import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { UserId } from '#shared/ids.ts';
import { type Currency, CURRENCIES, DECIMALS, type Money } from '#shared/money.ts';
import { crc16 } from './crc16.ts';
import { duitNowCode } from './duitnow.ts';
import { read, seal, unseal, write } from './objects.ts';
import { payNowCode } from './paynow.ts';
import { promptPayBill, promptPayTransfer, referencesOf } from './promptpay.ts';
import { qrPhCode } from './qr-ph.ts';
import { qrisCode } from './qris.ts';
import { readCode, type ReadCode } from './read-code.ts';
import { tchatCode } from './tchat.ts';
import { vietQrCode } from './vietqr.ts';

/** Published codes, each of another maker. */
const PUBLISHED = {
  'TH mobile': '00020101021129370016A000000677010111011300668012345675802TH530376463046197',
  'TH 4.22': '00020101021229370016A000000677010111011300660000000005802TH530376454044.226304E469',
  'TH bill':
    '00020101021230590016A00000067701011201150994000165501000208INV123450304REF253037645802TH5406300.006304C186',
  SG: '00020101021226490009SG.PAYNOW010120210201403121W0301104082020123152040000530370254035005802SG5913ACME Pte Ltd.6009Singapore62150111TQINV-1000163044001',
  ID: '00020101021226570011ID.DANA.WWW011893600915000000208302090000020830303UMI51440014ID.CO.QRIS.WWW0215ID10265163834230303UMI5204654053033605405500005802ID5912TOKO BINTANG60040204610515710621960150011ID.DANA.WWW63047E69',
  MY: '00020201021126410014A000000615000101065016640209123456789520499995303458540510.005802MY5909QRCSDNBHD6005BANGI6304343F',
  'PH P2P':
    '00020101021227630012com.p2pqrpay0111BNORPHMMXXX0208999644030416526727002210086752046016530360854036005802PH5903Xhf6006Makati622905062110000708915312010803***63046399',
  'PH P2M':
    '00020101021228500011ph.ppmi.p2m0111PAPHPHM1XXX0309102140529050331052047299530360854041.005802PH5903Rui6006Manila62440014com.paymaya.qr052228oYUr47CjKVCKh57wfb3s6304C116',
  VN: '00020101021238570010A00000072701270006970415011300110019324180208QRIBFTTA530370454061200005802VN62170813ung ho lu lut6304C15C',
} as const;

function good(payload: string): ReadCode {
  const code = readCode(payload);
  if (typeof code === 'string') throw new Error(`${payload} ${code}`);
  return code;
}

/** A payload of objects in ascending order, whoever wrote it and how. */
function inOrder(payload: string): string {
  return seal([...objectsOf(payload)].toSorted(([one], [other]) => one.localeCompare(other)));
}

function withObject(payload: string, id: string, value: string): string {
  const objects = new Map(objectsOf(payload)).set(id, value);
  return seal([...objects]);
}

test('a code that is no code, broken, of no scheme of ours or with a wrong checksum is refused in words', () => {
  const { VN } = PUBLISHED;
  const sealed = (text: string) => `${text}6304${crc16(`${text}6304`)}`;
  expect(readCode('')).toBe('has a wrong checksum, or is no payment code');
  expect(readCode('https://example.com')).toBe('has a wrong checksum, or is no payment code');
  expect(readCode(VN.toLowerCase())).toBe('has a wrong checksum, or is no payment code');
  expect(readCode(`${VN.slice(0, -4)}0000`)).toBe('has a wrong checksum, or is no payment code');
  expect(readCode(`${VN}6304${crc16(`${VN}6304`)}`)).toBe('is broken');
  expect(readCode(sealed('000201'))).toBe('is of no scheme that we know');
  expect(readCode(sealed('00020'))).toBe('is broken');
  expect(readCode(sealed('000201000201'))).toBe('is broken');
  expect(readCode(sealed('0099'))).toBe('is broken');
  expect(readCode(sealed(`0002015966${'é'.repeat(30)}`))).toBe('is broken');
  expect(readCode('0'.repeat(513))).toBe('is longer than a code can be');
});

test('amounts that a currency does not have are refused', () => {
  const asking = (amount: string) => readCode(withObject(PUBLISHED['TH 4.22'], '54', amount));
  expect(asking('4.221')).toBe('asks for an amount that has more decimals than THB');
  for (const amount of ['-1', '1e3', '1 ', 'NaN', '0x10', '1,5', '.5', '12345678901234']) {
    expect(asking(amount), amount).toBe('asks for an amount that is no amount');
  }
  expect(asking('0')).toBe('asks for an amount that must be more than zero');
  expect(readCode(withObject(PUBLISHED.VN, '54', '1.5'))).toBe('asks for an amount that has more decimals than VND');
  expect(readCode(withObject(PUBLISHED.ID, '54', '500.50'))).toMatch(/nobody pays IDR with/);
  expect(good(withObject(PUBLISHED.ID, '54', '500.00')).money).toEqual({ minor: 50000n, currency: 'IDR' });
});

test('a scheme in the currency of another, or in a format that it does not have, is refused', () => {
  expect(readCode(withObject(PUBLISHED['TH mobile'], '53', '702'))).toMatch(/not the currency of its scheme/);
  expect(readCode(withObject(PUBLISHED['TH mobile'], '53', '392'))).toBe('is in no currency that we have');
  expect(readCode(withObject(PUBLISHED['TH mobile'], '00', '02'))).toBe('has a format that is not known');
  expect(readCode(withObject(PUBLISHED['TH mobile'], '01', '13'))).toMatch(/for one payment/);
  expect(readCode(withObject(PUBLISHED['TH mobile'], '29', '0016A0000006770101110113006680123456'))).toBe(
    'is of no scheme that we know',
  );
  expect(readCode(withObject(PUBLISHED.SG, '26', '0009SG.PAYNOW010110203abc'))).toBe(
    'has no kind of proxy that PayNow has',
  );
});

test('published codes are read, whatever the order of their objects', () => {
  const codes = Object.fromEntries(Object.entries(PUBLISHED).map(([name, payload]) => [name, good(payload)]));
  expect(codes).toMatchObject({
    'TH mobile': { payees: [{ type: 'mobile', reference: '+66801234567' }], isDynamic: false, money: undefined },
    'TH 4.22': { payees: [{ scheme: 'promptpay' }], isDynamic: true, money: { minor: 422n, currency: 'THB' } },
    'TH bill': {
      payees: [{ type: 'biller', reference: '099400016550100' }],
      money: { minor: 30000n },
      reference: 'INV12345 REF2',
    },
    SG: {
      payees: [
        { scheme: 'paynow', type: 'uen', reference: '201403121W', expiresAt: new Date('2020-12-31T15:59:59.000Z') },
      ],
      money: { minor: 50000n, currency: 'SGD' },
      merchantName: 'ACME Pte Ltd.',
      reference: 'TQINV-10001',
    },
    ID: {
      payees: [{ scheme: 'qris', type: 'nmid', reference: 'ID1026516383423' }],
      money: { minor: 5_000_000n, currency: 'IDR' },
      merchantName: 'TOKO BINTANG',
    },
    MY: {
      payees: [{ scheme: 'duitnow', type: 'merchant', reference: '123456789', institution: '501664' }],
      isDynamic: false,
      money: { minor: 1000n, currency: 'MYR' },
    },
    'PH P2P': { payees: [{ scheme: 'qr_ph', institution: 'BNORPHMMXXX' }], money: { minor: 60000n } },
    'PH P2M': { payees: [{ scheme: 'qr_ph', type: 'merchant' }], money: { minor: 100n }, merchantName: 'Rui' },
    VN: {
      payees: [{ scheme: 'vietqr', type: 'bank_account', reference: '0011001932418', institution: '970415' }],
      money: { minor: 120000n, currency: 'VND' },
      reference: 'ung ho lu lut',
    },
  });
  for (const payload of Object.values(PUBLISHED)) {
    expect(good(inOrder(payload))).toEqual(good(payload));
    const objects = [...objectsOf(payload)];
    expect(seal(objects)).toBe(payload);
    expect(good(seal([objects[0]!, ...objects.slice(1).toReversed()]))).toEqual(good(payload));
  }
});

function objectsOf(payload: string) {
  return read(unseal(payload)!)!;
}

test('our generators write the published codes', () => {
  const mobile = { type: 'mobile', value: '+66801234567' } as const;
  expect(promptPayTransfer(mobile)).toBe(PUBLISHED['TH mobile']);
  const zero = { type: 'mobile', value: '+66000000000' } as const;
  expect(promptPayTransfer(zero, { minor: 422n, currency: 'THB' })).toBe(PUBLISHED['TH 4.22']);
  const bill = { billerId: '099400016550100', reference1: 'INV12345', reference2: 'REF2' };
  const billed = promptPayBill({ ...bill, money: { minor: 30000n, currency: 'THB' } });
  // That maker puts the country before the amount.
  expect(billed).toBe(inOrder(PUBLISHED['TH bill']));
  const merchant = { name: 'ACME Pte Ltd.', city: 'Singapore' };
  const uen = { type: 'uen', value: '201403121W' } as const;
  expect(
    withTemplate26(
      payNowCode({
        to: uen,
        money: { minor: 50000n, currency: 'SGD' },
        lastDay: '2020-12-31',
        merchant,
        reference: 'TQINV-10001',
      }),
      // That maker lets the payer change the sum.
      (account) => account.replace('03010', '03011'),
    ),
  ).toBe(PUBLISHED.SG);
  const vietnamese = { bin: '970415', account: '0011001932418', to: 'account', note: 'ủng hộ lũ lụt' } as const;
  expect(vietQrCode({ ...vietnamese, money: { minor: 120000n, currency: 'VND' } })).toBe(PUBLISHED.VN);
});

function withTemplate26(payload: string, changed: (template: string) => string): string {
  const objects = new Map(objectsOf(payload));
  return seal([...objects.set('26', changed(objects.get('26')!))]);
}

/** A sum that a code can ask for. */
function sums(currency: Currency): fc.Arbitrary<Money> {
  const { minor: scale, wire } = DECIMALS[currency];
  const unit = 10n ** BigInt(scale - wire);
  return fc.bigInt({ min: 1n, max: 9_999_999_999n / unit }).map((units) => ({ minor: units * unit, currency }));
}

const digits = (min: number, max = min) => fc.stringMatching(new RegExp(`^\\d{${min},${max}}$`));
const shown = fc.record({ name: fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' }), city: fc.constant('X') });

const CODES: fc.Arbitrary<{ payload: string; money: Money; reference: string }> = fc.oneof(
  fc.tuple(digits(9), sums('THB')).map(([value, money]) => ({
    payload: promptPayTransfer({ type: 'mobile', value: `+66${value}` }, money),
    money,
    reference: `+66${value}`,
  })),
  fc.tuple(digits(13), sums('THB')).map(([value, money]) => ({
    payload: promptPayTransfer({ type: 'national_id', value }, money),
    money,
    reference: value,
  })),
  fc.tuple(digits(15), sums('THB'), fc.uuid()).map(([billerId, money, id]) => ({
    payload: promptPayBill({ billerId, ...referencesOf(id), money }),
    money,
    reference: billerId,
  })),
  fc.tuple(digits(7), sums('SGD'), shown).map(([value, money, merchant]) => ({
    payload: payNowCode({ to: { type: 'mobile', value: `+659${value}` }, money, merchant }),
    money,
    reference: `+659${value}`,
  })),
  fc.tuple(digits(13), digits(14), sums('IDR'), shown).map(([nmid, pan, money, merchant]) => ({
    payload: qrisCode({
      provider: 'ID.CO.TCHAT.WWW',
      pan: `9360${pan}`,
      merchantId: nmid.slice(0, 9),
      nmid: `ID${nmid}`,
      size: 'UMI',
      category: '5411',
      merchant,
      postalCode: '10110',
      money,
      reference: 'R1',
    }),
    money,
    reference: `ID${nmid}`,
  })),
  fc.tuple(digits(6), digits(1, 32), sums('MYR'), shown).map(([acquirer, qrId, money, merchant]) => ({
    payload: duitNowCode({ acquirer, qrId, category: '5411', merchant, money, reference: 'R1' }),
    money,
    reference: qrId,
  })),
  fc.tuple(digits(1, 34), sums('PHP'), shown).map(([account, money, of]) => ({
    payload: qrPhCode({ to: 'person', bic: 'BNORPHMMXXX', account, shown: of, money }),
    money,
    reference: account,
  })),
  fc.tuple(digits(1, 30), sums('PHP'), shown).map(([merchantId, money, of]) => ({
    payload: qrPhCode({ to: 'merchant', bic: 'PAPHPHM1XXX', merchantId, category: '5411', shown: of, money }),
    money,
    reference: merchantId,
  })),
  fc.tuple(digits(6), digits(1, 19), sums('VND')).map(([bin, account, money]) => ({
    payload: vietQrCode({ bin, account, to: 'account', money, note: 'nạp tiền' }),
    money,
    reference: account,
  })),
  fc.tuple(fc.uuid(), fc.constantFrom(...CURRENCIES).chain(sums), shown).map(([id, money, of]) => ({
    payload: tchatCode({ userId: id as UserId, currency: money.currency, country: 'TH', shown: of, money }),
    money,
    reference: id,
  })),
);

test('what is generated is read as what it was made of', () => {
  fc.assert(
    fc.property(CODES, ({ payload, money, reference }) => {
      const code = good(payload);
      expect(code).toMatchObject({ money, currency: money.currency, isDynamic: true });
      expect(code.payees[0]?.reference).toBe(reference);
      expect(inOrder(payload)).toBe(seal([...objectsOf(payload)].toSorted(([a], [b]) => a.localeCompare(b))));
    }),
    { numRuns: 400 },
  );
});

test('a code with any one character changed is refused', () => {
  const ascii = fc.integer({ min: 0x20, max: 0x7e }).map((point) => String.fromCodePoint(point));
  fc.assert(
    fc.property(CODES, fc.nat(), ascii, ({ payload }, place, character) => {
      const at = place % payload.length;
      fc.pre(payload[at] !== character);
      expect(typeof readCode(payload.slice(0, at) + character + payload.slice(at + 1))).toBe('string');
    }),
    { numRuns: 2_000 },
  );
});

test('no text that someone may scan breaks the reader', () => {
  fc.assert(fc.property(fc.string({ maxLength: 600, unit: 'binary' }), (text) => void readCode(text)));
  fc.assert(
    fc.property(CODES, fc.string({ minLength: 1, maxLength: 99, unit: 'grapheme' }), ({ payload }, value) => {
      fc.pre(Array.from(value).length <= 99);
      void readCode(withObject(payload, '26', value));
    }),
  );
});

test('lengths count characters, or bytes where a maker counts those', () => {
  const { VN } = PUBLISHED;
  const named = withObject(VN, '59', 'Nguyễn Văn A');
  expect(good(named).merchantName).toBe('Nguyễn Văn A');
  const bytes = new TextEncoder().encode('Nguyễn Văn A').length;
  const inBytes = unseal(named)!.replace('5912', `59${bytes}`);
  expect(good(`${inBytes}6304${crc16(`${inBytes}6304`)}`).merchantName).toBe('Nguyễn Văn A');
});

test('names are written in the letters that codes take, and cut to their length', () => {
  const { merchantName } = good(
    tchatCode({
      userId: '0192f3a0-0000-7000-8000-000000000001' as UserId,
      currency: 'VND',
      country: 'VN',
      shown: { name: 'Đặng Thị Ngọc Hân của Sài Gòn', city: 'Hồ Chí Minh' },
    }),
  );
  expect(merchantName).toBe('Dang Thi Ngoc Han cua Sai');
});

test('what banks would refuse is not generated', () => {
  const shown = { name: 'A', city: 'B' };
  expect(() => promptPayTransfer({ type: 'mobile', value: '0801234567' })).toThrow(RangeError);
  expect(() => payNowCode({ to: { type: 'uen', value: 'x' }, merchant: shown })).toThrow(RangeError);
  expect(() => vietQrCode({ bin: '97041', account: '1', to: 'card' })).toThrow(RangeError);
  expect(() => qrPhCode({ to: 'person', bic: 'BNORPHMM', account: '1', shown })).toThrow(RangeError);
  expect(() => duitNowCode({ acquirer: '1', qrId: '1', category: '0000', merchant: shown })).toThrow(RangeError);
  expect(() => write([['00', '']])).toThrow(RangeError);
  expect(() => write([['00', 'x'.repeat(100)]])).toThrow(RangeError);
});
