import type { Template } from '../../template.ts';

export const paymentsWithdrawalCompleted: Template = {
  channel: 'payments',
  variables: { amount: 'money' },
  texts: {
    en: {
      title: '{amount} was paid out',
      body: 'Your withdrawal of {amount} has been paid out to your account.',
      sms: 'Tchat: your withdrawal of {amount} has been paid out. Not you? Open Tchat at once.',
    },
    th: {
      title: 'ถอนเงิน {amount} สำเร็จ',
      body: 'เงินที่คุณถอน {amount} โอนเข้าบัญชีของคุณแล้ว',
      sms: 'Tchat: ถอนเงิน {amount} สำเร็จ ไม่ใช่คุณ? เปิดแอปทันที',
    },
    id: {
      title: 'Penarikan {amount} berhasil',
      body: 'Penarikan sebesar {amount} telah dikirim ke rekening Anda.',
      sms: 'Tchat: penarikan {amount} telah dikirim ke rekening Anda. Bukan Anda? Segera buka Tchat.',
    },
    ms: {
      title: 'Pengeluaran {amount} berjaya',
      body: 'Pengeluaran sebanyak {amount} telah dihantar ke akaun anda.',
      sms: 'Tchat: pengeluaran {amount} telah dihantar ke akaun anda. Bukan anda? Buka Tchat segera.',
    },
    fil: {
      title: 'Naipadala na ang {amount}',
      body: 'Naipadala na sa iyong account ang cash-out na {amount}.',
      sms: 'Tchat: naipadala na ang cash-out na {amount}. Hindi ikaw? Buksan agad ang Tchat.',
    },
    vi: {
      title: 'Rút {amount} thành công',
      body: 'Khoản rút {amount} đã được chuyển đến tài khoản của bạn.',
      sms: 'Tchat: khoan rut {amount} da duoc chuyen. Khong phai ban? Mo Tchat ngay.',
    },
  },
};
