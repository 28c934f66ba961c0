import type { Money } from '#shared/money.ts';
import { type DataObject, type Objects, read as readObjects, seal, write } from './objects.ts';
import { closing, must, opening, type Payee, type Scheme, type Shown, template, wanted } from './scheme.ts';

const NATIONAL = 'ID.CO.QRIS.WWW';
/** A provider's reverse domain, as in ID.DANA.WWW or COM.GO-JEK.WWW. */
const PROVIDER = /^[A-Z]{2,3}(\.[A-Z0-9-]+)+$/;
/** 9360 is Indonesia's number among issuers. */
const PAN = /^9360\d{12,15}$/;
const NMID = /^ID\d{13}$/;
/** Micro, small, medium and large businesses, and public services. */
const SIZES = /^(UMI|UKE|UME|UBE|URE)$/;

type QrisCode = {
  /** The provider that collects: its reverse domain, the merchant's account number and id there. */
  readonly provider: string;
  readonly pan: string;
  readonly merchantId: string;
  /** The merchant's national number: `ID` and 13 digits. */
  readonly nmid: string;
  readonly size: 'UMI' | 'UKE' | 'UME' | 'UBE' | 'URE';
  /** Four digits: what the merchant sells (ISO 18245). */
  readonly category: string;
  readonly merchant: Shown;
  readonly postalCode?: string;
  readonly money?: Money;
  /** Up to 25 characters. */
  readonly reference?: string;
};

/**
 * A QRIS payload.
 *
 * @throws {RangeError} when a part has a form that payers' apps would refuse
 */
export function qrisCode(code: QrisCode): string {
  must(PROVIDER.test(code.provider), 'a provider is a reverse domain in capitals');
  must(PAN.test(code.pan), 'a PAN of QRIS begins with 9360 and has 16 to 19 digits');
  must(/^[\dA-Z]{1,15}$/.test(code.merchantId), 'a merchant id has 1 to 15 digits and capitals');
  must(NMID.test(code.nmid), 'an NMID is ID and 13 digits');
  must(/^\d{4}$/.test(code.category), 'a category has four digits');
  const own = template('26', code.provider, [
    ['01', code.pan],
    ['02', code.merchantId],
    ['03', code.size],
  ]);
  const national = template('51', NATIONAL, [
    ['02', code.nmid],
    ['03', code.size],
  ]);
  const postal: DataObject[] = code.postalCode === undefined ? [] : [['61', code.postalCode]];
  const additional: DataObject[] = code.reference === undefined ? [] : [['62', write([['05', code.reference]])]];
  const rest = closing('IDR', code.money, 'ID', code.merchant);
  return seal([...opening(code.money), own, national, ['52', code.category], ...rest, ...postal, ...additional]);
}

/** A merchant's national number, or its account at a provider where the code has no national template. */
function read(template: Objects, all: Objects): Payee | undefined {
  if (all.get('58') !== 'ID') return undefined;
  const provider = template.get('00') ?? '';
  if (provider === NATIONAL) {
    wanted(template, '03', SIZES, 'size of business that QRIS has');
    const reference = wanted(template, '02', NMID, 'NMID');
    return { scheme: 'qris', type: 'nmid', reference };
  }
  if (!PROVIDER.test(provider) || hasNational(all)) return undefined;
  const reference = wanted(template, '01', PAN, 'PAN of QRIS');
  return { scheme: 'qris', type: 'merchant_pan', reference, institution: provider };
}

function hasNational(all: Objects): boolean {
  const national = readObjects(all.get('51') ?? '');
  return national?.get('00') === NATIONAL;
}

export const qris: Scheme = { name: 'qris', currency: 'IDR', formats: ['01'], read };
