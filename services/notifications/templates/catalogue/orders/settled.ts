import type { Template } from '../../template.ts';

/** To the merchant. */
export const ordersSettled: Template = {
  channel: 'order_updates',
  variables: { order: 'reference', amount: 'money' },
  texts: {
    en: {
      title: 'You were paid {amount}',
      body: '{amount} for order #{order} is in your wallet.',
      sms: 'Tchat: {amount} for order #{order} is in your wallet.',
    },
    th: {
      title: 'คุณได้รับเงิน {amount}',
      body: 'เงิน {amount} จากคำสั่งซื้อ #{order} เข้าวอลเล็ตของคุณแล้ว',
      sms: 'Tchat: เงิน {amount} จากคำสั่งซื้อ #{order} เข้าวอลเล็ตแล้ว',
    },
    id: {
      title: 'Anda menerima {amount}',
      body: '{amount} dari pesanan #{order} sudah masuk ke dompet Anda.',
      sms: 'Tchat: {amount} dari pesanan #{order} sudah masuk ke dompet Anda.',
    },
    ms: {
      title: 'Anda menerima {amount}',
      body: '{amount} daripada pesanan #{order} sudah masuk ke dompet anda.',
      sms: 'Tchat: {amount} daripada pesanan #{order} sudah masuk ke dompet anda.',
    },
    fil: {
      title: 'Natanggap mo ang bayad na {amount}',
      body: 'Nasa wallet mo na ang {amount} para sa order #{order}.',
      sms: 'Tchat: nasa wallet mo na ang {amount} para sa order #{order}.',
    },
    vi: {
      title: 'Bạn đã nhận {amount}',
      body: '{amount} của đơn hàng #{order} đã vào ví của bạn.',
      sms: 'Tchat: {amount} cua don hang #{order} da vao vi cua ban.',
    },
  },
};
