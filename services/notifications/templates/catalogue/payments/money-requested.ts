import type { Template } from '../../template.ts';

export const paymentsMoneyRequested: Template = {
  channel: 'payments',
  variables: { amount: 'money', from: 'name' },
  texts: {
    en: {
      title: '{from} asks you for {amount}',
      body: '{from} asks you for {amount}. Open the app to pay or decline. Pay only people you know.',
      sms: 'Tchat: {from} asks you for {amount}. Open the app to pay or decline.',
    },
    th: {
      title: '{from} ขอเงิน {amount} จากคุณ',
      body: '{from} ขอเงิน {amount} จากคุณ เปิดแอปเพื่อจ่ายหรือปฏิเสธ จ่ายให้เฉพาะคนที่คุณรู้จัก',
      sms: 'Tchat: {from} ขอเงิน {amount} จากคุณ เปิดแอปเพื่อจ่ายหรือปฏิเสธ',
    },
    id: {
      title: '{from} meminta {amount} dari Anda',
      body: '{from} meminta {amount} dari Anda. Buka aplikasi untuk membayar atau menolak. Bayarlah hanya orang yang Anda kenal.',
      sms: 'Tchat: {from} meminta {amount} dari Anda. Buka aplikasi untuk membayar atau menolak.',
    },
    ms: {
      title: '{from} meminta {amount} daripada anda',
      body: '{from} meminta {amount} daripada anda. Buka aplikasi untuk membayar atau menolak. Bayar hanya orang yang anda kenal.',
      sms: 'Tchat: {from} meminta {amount} daripada anda. Buka aplikasi untuk membayar atau menolak.',
    },
    fil: {
      title: 'Humihingi si {from} ng {amount} sa iyo',
      body: 'Humihingi si {from} ng {amount} sa iyo. Buksan ang app para magbayad o tumanggi. Magbayad lang sa mga kakilala mo.',
      sms: 'Tchat: humihingi si {from} ng {amount} sa iyo. Buksan ang app para magbayad o tumanggi.',
    },
    vi: {
      title: '{from} đề nghị bạn chuyển {amount}',
      body: '{from} đề nghị bạn chuyển {amount}. Mở ứng dụng để trả hoặc từ chối. Chỉ trả cho người bạn quen.',
      sms: 'Tchat: {from} de nghi ban chuyen {amount}. Mo ung dung de tra hoac tu choi.',
    },
  },
};
