import type { Template } from '../../template.ts';

export const paymentsWithdrawalFailed: Template = {
  channel: 'payments',
  variables: { amount: 'money' },
  texts: {
    en: {
      title: 'Your withdrawal did not go through',
      body: 'Your withdrawal of {amount} could not be paid out. The money is back in your wallet.',
      sms: 'Tchat: your withdrawal of {amount} could not be paid out. The money is back in your wallet.',
    },
    th: {
      title: 'ถอนเงินไม่สำเร็จ',
      body: 'ถอนเงิน {amount} ไม่สำเร็จ เงินกลับเข้าวอลเล็ตของคุณแล้ว',
      sms: 'Tchat: ถอนเงิน {amount} ไม่สำเร็จ เงินกลับเข้าวอลเล็ตแล้ว',
    },
    id: {
      title: 'Penarikan gagal',
      body: 'Penarikan sebesar {amount} tidak dapat dikirim. Dana sudah kembali ke dompet Anda.',
      sms: 'Tchat: penarikan {amount} gagal. Dana sudah kembali ke dompet Anda.',
    },
    ms: {
      title: 'Pengeluaran tidak berjaya',
      body: 'Pengeluaran sebanyak {amount} tidak dapat dihantar. Wang telah dikembalikan ke dompet anda.',
      sms: 'Tchat: pengeluaran {amount} tidak berjaya. Wang telah dikembalikan ke dompet anda.',
    },
    fil: {
      title: 'Hindi natuloy ang cash-out',
      body: 'Hindi naipadala ang cash-out mong {amount}. Naibalik na ang pera sa iyong wallet.',
      sms: 'Tchat: hindi naipadala ang cash-out mong {amount}. Naibalik na ang pera sa iyong wallet.',
    },
    vi: {
      title: 'Rút tiền không thành công',
      body: 'Khoản rút {amount} không chuyển được. Tiền đã trở lại ví của bạn.',
      sms: 'Tchat: khoan rut {amount} khong thanh cong. Tien da tro lai vi cua ban.',
    },
  },
};
