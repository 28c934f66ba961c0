import type { Template } from '../../template.ts';

export const ordersShipped: Template = {
  channel: 'order_updates',
  variables: { order: 'reference', shop: 'name', 'carrier?': 'name', 'tracking?': 'reference' },
  texts: {
    en: {
      title: 'Your order is on its way',
      body: '{shop} has shipped your order #{order}{has_carrier, select, yes { with {carrier}} other {}}.{has_tracking, select, yes { Tracking number: {tracking}.} other {}}',
      sms: 'Tchat: {shop} has shipped order #{order}{has_carrier, select, yes { with {carrier}} other {}}.{has_tracking, select, yes { Tracking: {tracking}.} other {}}',
    },
    th: {
      title: 'คำสั่งซื้อกำลังจัดส่ง',
      body: '{shop} จัดส่งคำสั่งซื้อ #{order} แล้ว{has_carrier, select, yes { โดย {carrier}} other {}}{has_tracking, select, yes { หมายเลขพัสดุ {tracking}} other {}}',
      sms: 'Tchat: {shop} ส่ง #{order} แล้ว{has_carrier, select, yes { โดย {carrier}} other {}}{has_tracking, select, yes { พัสดุ {tracking}} other {}}',
    },
    id: {
      title: 'Pesanan Anda dalam perjalanan',
      body: '{shop} telah mengirim pesanan #{order}{has_carrier, select, yes { dengan {carrier}} other {}}.{has_tracking, select, yes { Nomor resi: {tracking}.} other {}}',
      sms: 'Tchat: {shop} telah mengirim pesanan #{order}{has_carrier, select, yes { dengan {carrier}} other {}}.{has_tracking, select, yes { Resi: {tracking}.} other {}}',
    },
    ms: {
      title: 'Pesanan anda dalam perjalanan',
      body: '{shop} telah menghantar pesanan #{order}{has_carrier, select, yes { melalui {carrier}} other {}}.{has_tracking, select, yes { Nombor penjejakan: {tracking}.} other {}}',
      sms: 'Tchat: {shop} telah menghantar pesanan #{order}{has_carrier, select, yes { melalui {carrier}} other {}}.{has_tracking, select, yes { Penjejakan: {tracking}.} other {}}',
    },
    fil: {
      title: 'Papunta na ang iyong order',
      body: 'Ipinadala na ng {shop} ang order #{order}{has_carrier, select, yes { sa pamamagitan ng {carrier}} other {}}.{has_tracking, select, yes { Tracking number: {tracking}.} other {}}',
      sms: 'Tchat: ipinadala na ng {shop} ang order #{order}{has_carrier, select, yes { sa {carrier}} other {}}.{has_tracking, select, yes { Tracking: {tracking}.} other {}}',
    },
    vi: {
      title: 'Đơn hàng đã được gửi đi',
      body: '{shop} đã gửi đơn hàng #{order}{has_carrier, select, yes { qua {carrier}} other {}}.{has_tracking, select, yes { Mã vận đơn: {tracking}.} other {}}',
      sms: 'Tchat: {shop} da gui don hang #{order}{has_carrier, select, yes { qua {carrier}} other {}}.{has_tracking, select, yes { Ma van don: {tracking}.} other {}}',
    },
  },
};
