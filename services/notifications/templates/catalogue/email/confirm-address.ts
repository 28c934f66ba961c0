import type { Template } from '../../template.ts';

export const emailConfirmAddress: Template = {
  channel: 'account',
  ways: ['email'],
  variables: { link: 'link' },
  texts: {
    en: {
      title: 'Confirm your e-mail address',
      body: 'You gave this address to Tchat. Confirm that it is yours, and we can write to you here. If it was not you, do nothing.',
      button: 'Confirm address',
    },
    th: {
      title: 'ยืนยันอีเมลของคุณ',
      body: 'คุณแจ้งอีเมลนี้กับ Tchat โปรดยืนยันว่าเป็นของคุณ เพื่อให้เราติดต่อคุณทางอีเมลนี้ได้ หากไม่ใช่คุณ ไม่ต้องทำอะไร',
      button: 'ยืนยันอีเมล',
    },
    id: {
      title: 'Konfirmasi alamat email Anda',
      body: 'Anda memberikan alamat ini kepada Tchat. Konfirmasikan bahwa alamat ini milik Anda agar kami dapat mengirim email ke sini. Jika bukan Anda, abaikan saja.',
      button: 'Konfirmasi alamat',
    },
    ms: {
      title: 'Sahkan alamat e-mel anda',
      body: 'Anda memberikan alamat ini kepada Tchat. Sahkan bahawa alamat ini milik anda supaya kami boleh menulis kepada anda di sini. Jika bukan anda, abaikan sahaja.',
      button: 'Sahkan alamat',
    },
    fil: {
      title: 'Kumpirmahin ang iyong email',
      body: 'Ibinigay mo ang email address na ito sa Tchat. Kumpirmahing sa iyo ito para masulatan ka namin dito. Kung hindi ikaw, huwag pansinin ito.',
      button: 'Kumpirmahin ang email',
    },
    vi: {
      title: 'Xác nhận địa chỉ email',
      body: 'Bạn đã cung cấp địa chỉ này cho Tchat. Hãy xác nhận đây là địa chỉ của bạn để chúng tôi có thể gửi email. Nếu không phải bạn, hãy bỏ qua.',
      button: 'Xác nhận địa chỉ',
    },
  },
};
