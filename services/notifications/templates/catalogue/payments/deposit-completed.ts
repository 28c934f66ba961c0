import type { Template } from '../../template.ts';

export const paymentsDepositCompleted: Template = {
  channel: 'payments',
  variables: { amount: 'money' },
  texts: {
    en: {
      title: '{amount} is in your wallet',
      body: 'Your deposit of {amount} has arrived in your wallet.',
      sms: 'Tchat: your deposit of {amount} has arrived in your wallet.',
    },
    th: {
      title: 'เติมเงิน {amount} สำเร็จ',
      body: 'เงินที่คุณเติม {amount} เข้าวอลเล็ตแล้ว',
      sms: 'Tchat: เติมเงิน {amount} เข้าวอลเล็ตสำเร็จ',
    },
    id: {
      title: 'Isi saldo {amount} berhasil',
      body: 'Isi saldo sebesar {amount} sudah masuk ke dompet Anda.',
      sms: 'Tchat: isi saldo {amount} sudah masuk ke dompet Anda.',
    },
    ms: {
      title: 'Tambah nilai {amount} berjaya',
      body: 'Tambah nilai sebanyak {amount} sudah masuk ke dompet anda.',
      sms: 'Tchat: tambah nilai {amount} sudah masuk ke dompet anda.',
    },
    fil: {
      title: 'Nasa wallet mo na ang {amount}',
      body: 'Pumasok na sa iyong wallet ang cash-in na {amount}.',
      sms: 'Tchat: pumasok na sa iyong wallet ang cash-in na {amount}.',
    },
    vi: {
      title: 'Nạp {amount} thành công',
      body: 'Khoản nạp {amount} đã vào ví của bạn.',
      sms: 'Tchat: khoan nap {amount} da vao vi cua ban.',
    },
  },
};
