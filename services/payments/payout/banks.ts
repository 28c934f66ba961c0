import type { Country } from '#shared/regions.ts';

/** A bank or an e-wallet that money can be sent to. */
export type Bank = {
  /** As in `bank_code`. */
  readonly code: string;
  readonly name: string;
  /** What else it is known by: the number that its central bank gave it, its BIC. */
  readonly aliases: readonly string[];
};

type Line = readonly [code: string, name: string, ...aliases: string[]];

/**
 * The banks of each country. Codes of Thailand and Singapore are Omise's brands, the others are what Xendit's channels are
 * called after the country's prefix (docs.xendit.co, "Payout Channels"). Aliases are national bank numbers (Bank of
 * Thailand) and BICs.
 */
const BANKS: Readonly<Record<Country, readonly Line[]>> = {
  TH: [
    ['bbl', 'Bangkok Bank', '002', 'BKKBTHBK'],
    ['kbank', 'Kasikornbank', '004', 'KASITHBK'],
    ['ktb', 'Krungthai Bank', '006', 'KRTHTHBK'],
    ['ttb', 'TMBThanachart Bank', '011', 'TMBKTHBK', 'tmb'],
    ['scb', 'Siam Commercial Bank', '014', 'SICOTHBK'],
    ['cimb', 'CIMB Thai Bank', '022', 'UBOBTHBK'],
    ['uob', 'United Overseas Bank (Thai)', '024', 'UOVBTHBK'],
    ['bay', 'Bank of Ayudhya (Krungsri)', '025', 'AYUDTHBK'],
    ['gsb', 'Government Savings Bank', '030', 'GSBATHBK'],
    ['ghb', 'Government Housing Bank', '033', 'GOHUTHB1'],
    ['baac', 'Bank for Agriculture and Agricultural Cooperatives', '034', 'BAABTHBK'],
    ['ibank', 'Islamic Bank of Thailand', '066', 'TIBTTHBK'],
    ['tisco', 'TISCO Bank', '067', 'TFPCTHB1'],
    ['kk', 'Kiatnakin Phatra Bank', '069', 'KIFITHB1'],
    ['icbc', 'ICBC (Thai)', '070', 'ICBKTHBK'],
    ['lhb', 'Land and Houses Bank', '073', 'LAHRTHB1'],
  ],
  SG: [
    ['dbs', 'DBS Bank', '7171', 'DBSSSGSG', 'posb'],
    ['ocbc', 'OCBC Bank', '7339', 'OCBCSGSG'],
    ['uob', 'United Overseas Bank', '7375', 'UOVBSGSG'],
    ['citi', 'Citibank', '7214', 'CITISGSL'],
    ['hsbc', 'HSBC', '7232', 'HSBCSGS2'],
    ['maybank', 'Maybank', '7302', 'MBBESGS2'],
    ['sc', 'Standard Chartered', '7144', 'SCBLSG22'],
  ],
  ID: [
    ['BCA', 'Bank Central Asia', '014', 'CENAIDJA'],
    ['MANDIRI', 'Bank Mandiri', '008', 'BMRIIDJA'],
    ['BNI', 'Bank Negara Indonesia', '009', 'BNINIDJA'],
    ['BRI', 'Bank Rakyat Indonesia', '002', 'BRINIDJA'],
    ['BSI', 'Bank Syariah Indonesia', '451', 'BSMDIDJA'],
    ['BTN', 'Bank Tabungan Negara', '200', 'BTANIDJA'],
    ['CIMB', 'CIMB Niaga', '022', 'BNIAIDJA'],
    ['PERMATA', 'Bank Permata', '013', 'BBBAIDJA'],
    ['DANAMON', 'Bank Danamon', '011', 'BDINIDJA'],
    ['JAGO', 'Bank Jago', '542', 'JAGBIDJA'],
  ],
  MY: [
    ['MAYBANK', 'Maybank', 'MBBEMYKL'],
    ['CIMB', 'CIMB Bank', 'CIBBMYKL'],
    ['PUBLIC', 'Public Bank', 'PBBEMYKL'],
    ['RHB', 'RHB Bank', 'RHBBMYKL'],
    ['HLBB', 'Hong Leong Bank', 'HLBBMYKL'],
    ['AMBANK', 'AmBank', 'ARBKMYKL'],
    ['BIMB', 'Bank Islam', 'BIMBMYKL'],
    ['BSN', 'Bank Simpanan Nasional', 'BSNAMYK1'],
  ],
  PH: [
    ['BDO', 'BDO Unibank', 'BNORPHMM'],
    ['BPI', 'Bank of the Philippine Islands', 'BOPIPHMM'],
    ['MET', 'Metrobank', 'MBTCPHMM', 'METROBANK'],
    ['LBP', 'Land Bank of the Philippines', 'TLBPPHMM', 'LANDBANK'],
    ['PNB', 'Philippine National Bank', 'PNBMPHMM'],
    ['SEC', 'Security Bank', 'SETCPHMM'],
    ['UBP', 'UnionBank', 'UBPHPHMM', 'UNIONBANK'],
    ['RCBC', 'RCBC', 'RCBCPHMM'],
  ],
  VN: [
    ['VCB', 'Vietcombank', '970436', 'BFTVVNVX'],
    ['TCB', 'Techcombank', '970407', 'VTCBVNVX'],
    ['BIDV', 'BIDV', '970418', 'BIDVVNVX'],
    ['VIETINBANK', 'VietinBank', '970415', 'ICBVVNVX', 'CTG'],
    ['MB', 'MB Bank', '970422', 'MSCBVNVX'],
    ['ACB', 'Asia Commercial Bank', '970416', 'ASCBVNVX'],
    ['VPB', 'VPBank', '970432', 'VPBKVNVX'],
    ['TPB', 'TPBank', '970423', 'TPBVVNVX'],
    ['STB', 'Sacombank', '970403', 'SGTTVNVX'],
    ['AGRIBANK', 'Agribank', '970405', 'VBAAVNVX'],
  ],
};

/** E-wallets that `ewallet` names by a `bank_code`. */
const WALLETS: Partial<Readonly<Record<Country, readonly Line[]>>> = {
  ID: [
    ['OVO', 'OVO'],
    ['DANA', 'DANA'],
    ['GOPAY', 'GoPay'],
    ['LINKAJA', 'LinkAja'],
    ['SHOPEEPAY', 'ShopeePay'],
  ],
  PH: [
    ['GCASH', 'GCash'],
    ['PAYMAYA', 'Maya', 'MAYA'],
    ['GRABPAY', 'GrabPay'],
  ],
  VN: [
    ['MOMO', 'MoMo'],
    ['ZALOPAY', 'ZaloPay'],
  ],
};

export function banksIn(country: Country): readonly Bank[] {
  return BANKS[country].map(bankOf);
}

export function walletsIn(country: Country): readonly Bank[] {
  return (WALLETS[country] ?? []).map(bankOf);
}

/** The one of this code or alias, in upper or lower case. */
export function bankCalled(banks: readonly Bank[], code: string): Bank | undefined {
  const wanted = code.toUpperCase();
  return banks.find((bank) => [bank.code, ...bank.aliases].some((name) => name.toUpperCase() === wanted));
}

function bankOf([code, name, ...aliases]: Line): Bank {
  return { code, name, aliases };
}
