import type { TransactionType } from '#shared/contracts/payments/transaction.ts';
import type { Locale } from '#shared/regions.ts';

type Word =
  | 'receipt'
  | 'number'
  | 'date'
  | 'from'
  | 'to'
  | 'amount'
  | 'fee'
  | 'total'
  | 'rate'
  | 'method'
  | 'note'
  | 'reference'
  | 'order';

/** What a receipt says, in each language. */
export const RECEIPT_WORDS: Readonly<
  Record<
    Locale,
    { readonly words: Readonly<Record<Word, string>>; readonly types: Readonly<Record<TransactionType, string>> }
  >
> = {
  en: {
    words: {
      receipt: 'Receipt',
      number: 'Number',
      date: 'Date',
      from: 'From',
      to: 'To',
      amount: 'Amount',
      fee: 'Fee',
      total: 'Total',
      rate: 'Rate',
      method: 'Method',
      note: 'Note',
      reference: 'Reference',
      order: 'Order',
    },
    types: {
      deposit: 'Deposit',
      withdrawal: 'Withdrawal',
      transfer_in: 'Money received',
      transfer_out: 'Money sent',
      payment: 'Payment',
      refund: 'Refund',
      conversion: 'Conversion',
      fee: 'Fee',
    },
  },
  th: {
    words: {
      receipt: 'ใบเสร็จ',
      number: 'เลขที่',
      date: 'วันที่',
      from: 'จาก',
      to: 'ถึง',
      amount: 'จำนวนเงิน',
      fee: 'ค่าธรรมเนียม',
      total: 'รวม',
      rate: 'อัตราแลกเปลี่ยน',
      method: 'ช่องทาง',
      note: 'บันทึก',
      reference: 'อ้างอิง',
      order: 'คำสั่งซื้อ',
    },
    types: {
      deposit: 'เติมเงิน',
      withdrawal: 'ถอนเงิน',
      transfer_in: 'รับเงิน',
      transfer_out: 'โอนเงิน',
      payment: 'ชำระเงิน',
      refund: 'คืนเงิน',
      conversion: 'แลกเงิน',
      fee: 'ค่าธรรมเนียม',
    },
  },
  id: {
    words: {
      receipt: 'Bukti transaksi',
      number: 'Nomor',
      date: 'Tanggal',
      from: 'Dari',
      to: 'Kepada',
      amount: 'Jumlah',
      fee: 'Biaya',
      total: 'Total',
      rate: 'Kurs',
      method: 'Metode',
      note: 'Catatan',
      reference: 'Referensi',
      order: 'Pesanan',
    },
    types: {
      deposit: 'Isi saldo',
      withdrawal: 'Tarik dana',
      transfer_in: 'Uang diterima',
      transfer_out: 'Uang dikirim',
      payment: 'Pembayaran',
      refund: 'Pengembalian dana',
      conversion: 'Konversi',
      fee: 'Biaya',
    },
  },
  ms: {
    words: {
      receipt: 'Resit',
      number: 'Nombor',
      date: 'Tarikh',
      from: 'Daripada',
      to: 'Kepada',
      amount: 'Jumlah',
      fee: 'Yuran',
      total: 'Jumlah keseluruhan',
      rate: 'Kadar',
      method: 'Kaedah',
      note: 'Nota',
      reference: 'Rujukan',
      order: 'Pesanan',
    },
    types: {
      deposit: 'Tambah nilai',
      withdrawal: 'Pengeluaran',
      transfer_in: 'Wang diterima',
      transfer_out: 'Wang dihantar',
      payment: 'Bayaran',
      refund: 'Bayaran balik',
      conversion: 'Pertukaran',
      fee: 'Yuran',
    },
  },
  fil: {
    words: {
      receipt: 'Resibo',
      number: 'Numero',
      date: 'Petsa',
      from: 'Mula kay',
      to: 'Para kay',
      amount: 'Halaga',
      fee: 'Bayad sa serbisyo',
      total: 'Kabuuan',
      rate: 'Palitan',
      method: 'Paraan',
      note: 'Tala',
      reference: 'Reference',
      order: 'Order',
    },
    types: {
      deposit: 'Cash-in',
      withdrawal: 'Cash-out',
      transfer_in: 'Natanggap na pera',
      transfer_out: 'Ipinadalang pera',
      payment: 'Bayad',
      refund: 'Refund',
      conversion: 'Palit ng pera',
      fee: 'Bayad sa serbisyo',
    },
  },
  vi: {
    words: {
      receipt: 'Biên nhận',
      number: 'Số',
      date: 'Ngày',
      from: 'Từ',
      to: 'Đến',
      amount: 'Số tiền',
      fee: 'Phí',
      total: 'Tổng cộng',
      rate: 'Tỷ giá',
      method: 'Phương thức',
      note: 'Ghi chú',
      reference: 'Tham chiếu',
      order: 'Đơn hàng',
    },
    types: {
      deposit: 'Nạp tiền',
      withdrawal: 'Rút tiền',
      transfer_in: 'Nhận tiền',
      transfer_out: 'Chuyển tiền',
      payment: 'Thanh toán',
      refund: 'Hoàn tiền',
      conversion: 'Đổi tiền',
      fee: 'Phí',
    },
  },
};
