import type { Template } from '../../template.ts';

export const paymentsDepositReturned: Template = {
  channel: 'payments',
  variables: { amount: 'money' },
  texts: {
    en: {
      title: '{amount} was given back',
      body: '{amount} of your deposit was given back to where it came from.',
      sms: 'Tchat: {amount} of your deposit was given back to where it came from. Not you? Open Tchat at once.',
    },
    th: {
      title: 'คืนเงินฝาก {amount} แล้ว',
      body: 'เราคืนเงินที่คุณเติม {amount} ไปยังบัญชีต้นทางแล้ว',
      sms: 'Tchat: คืนเงินที่เติม {amount} ไปยังบัญชีต้นทางแล้ว ไม่ใช่คุณ? เปิดแอปทันที',
    },
    id: {
      title: '{amount} telah dikembalikan',
      body: 'Dana isi saldo sebesar {amount} telah dikembalikan ke sumber asalnya.',
      sms: 'Tchat: dana isi saldo {amount} telah dikembalikan ke sumber asalnya. Bukan Anda? Segera buka Tchat.',
    },
    ms: {
      title: '{amount} telah dipulangkan',
      body: 'Tambah nilai sebanyak {amount} telah dipulangkan ke sumber asalnya.',
      sms: 'Tchat: tambah nilai {amount} telah dipulangkan ke sumber asalnya. Bukan anda? Buka Tchat segera.',
    },
    fil: {
      title: 'Naibalik na ang {amount}',
      body: 'Naibalik na sa pinanggalingan nito ang {amount} ng iyong cash-in.',
      sms: 'Tchat: naibalik na sa pinanggalingan nito ang {amount} ng iyong cash-in. Hindi ikaw? Buksan agad ang Tchat.',
    },
    vi: {
      title: 'Đã hoàn trả {amount}',
      body: '{amount} trong khoản nạp của bạn đã được trả lại nơi gửi.',
      sms: 'Tchat: {amount} trong khoan nap cua ban da duoc tra lai noi gui. Khong phai ban? Mo Tchat ngay.',
    },
  },
};
