import type { Template } from '../../template.ts';

/** To the merchant. */
export const ordersConfirmReminder: Template = {
  channel: 'order_updates',
  variables: { order: 'reference', deadline: 'moment' },
  texts: {
    en: {
      title: 'Order #{order} waits for you',
      body: 'Please confirm order #{order} by {deadline, date, long}, {deadline, time, short}. After that it is cancelled and refunded.',
      sms: 'Tchat: please confirm order #{order} by {deadline, date, medium} {deadline, time, short}, or it is cancelled.',
    },
    th: {
      title: 'คำสั่งซื้อ #{order} รอการยืนยัน',
      body: 'โปรดยืนยันคำสั่งซื้อ #{order} ภายในวันที่ {deadline, date, long} เวลา {deadline, time, short} น. มิฉะนั้นจะถูกยกเลิกและคืนเงิน',
      sms: 'Tchat: โปรดยืนยันคำสั่งซื้อ #{order} ภายใน {deadline, date, medium} {deadline, time, short} น. มิฉะนั้นจะถูกยกเลิก',
    },
    id: {
      title: 'Pesanan #{order} menunggu Anda',
      body: 'Mohon konfirmasi pesanan #{order} sebelum {deadline, date, long} pukul {deadline, time, short}. Setelah itu pesanan dibatalkan dan dananya dikembalikan.',
      sms: 'Tchat: mohon konfirmasi pesanan #{order} sebelum {deadline, date, medium} {deadline, time, short}, atau pesanan dibatalkan.',
    },
    ms: {
      title: 'Pesanan #{order} menunggu anda',
      body: 'Sila sahkan pesanan #{order} sebelum {deadline, date, long}, {deadline, time, short}. Selepas itu pesanan dibatalkan dan wangnya dipulangkan.',
      sms: 'Tchat: sila sahkan pesanan #{order} sebelum {deadline, date, medium} {deadline, time, short}, atau pesanan dibatalkan.',
    },
    fil: {
      title: 'Naghihintay ang order #{order}',
      body: 'Pakikumpirma ang order #{order} bago ang {deadline, date, long}, {deadline, time, short}. Pagkatapos nito, kakanselahin at ire-refund ito.',
      sms: 'Tchat: pakikumpirma ang order #{order} bago ang {deadline, date, medium} {deadline, time, short}, o makakansela ito.',
    },
    vi: {
      title: 'Đơn hàng #{order} đang chờ bạn',
      body: 'Vui lòng xác nhận đơn hàng #{order} trước {deadline, time, short} ngày {deadline, date, long}. Sau đó đơn sẽ bị hủy và được hoàn tiền.',
      sms: 'Tchat: vui long xac nhan don hang #{order} truoc {deadline, time, short}, {deadline, date, medium}, neu khong don se bi huy.',
    },
  },
};
