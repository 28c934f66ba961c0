import type { Template } from '../../template.ts';

/** To the merchant. */
export const ordersPlaced: Template = {
  channel: 'order_updates',
  variables: { order: 'reference', amount: 'money', items: 'count' },
  texts: {
    en: {
      title: 'New order: {amount}',
      body: 'You have a new order #{order} with {items, plural, one {# item} other {# items}} for {amount}. Please confirm it.',
      sms: 'Tchat: new order #{order}, {items, plural, one {# item} other {# items}}, {amount}. Please confirm it in the app.',
    },
    th: {
      title: 'คำสั่งซื้อใหม่ {amount}',
      body: 'คุณมีคำสั่งซื้อใหม่ #{order} จำนวน {items, number} ชิ้น รวม {amount} โปรดยืนยันคำสั่งซื้อ',
      sms: 'Tchat: คำสั่งซื้อใหม่ #{order} {items, number} ชิ้น {amount} โปรดยืนยันในแอป',
    },
    id: {
      title: 'Pesanan baru: {amount}',
      body: 'Ada pesanan baru #{order} berisi {items, number} barang senilai {amount}. Silakan konfirmasi.',
      sms: 'Tchat: pesanan baru #{order}, {items, number} barang, {amount}. Silakan konfirmasi di aplikasi.',
    },
    ms: {
      title: 'Pesanan baharu: {amount}',
      body: 'Anda menerima pesanan baharu #{order} dengan {items, number} barang berjumlah {amount}. Sila sahkan.',
      sms: 'Tchat: pesanan baharu #{order}, {items, number} barang, {amount}. Sila sahkan dalam aplikasi.',
    },
    fil: {
      title: 'Bagong order: {amount}',
      body: 'May bagong order #{order} na may {items, plural, one {# item} other {# na item}} sa halagang {amount}. Pakikumpirma ito.',
      sms: 'Tchat: bagong order #{order}, {items, plural, one {# item} other {# na item}}, {amount}. Pakikumpirma sa app.',
    },
    vi: {
      title: 'Đơn hàng mới: {amount}',
      body: 'Bạn có đơn hàng mới #{order} gồm {items, number} sản phẩm, tổng {amount}. Vui lòng xác nhận.',
      sms: 'Tchat: don hang moi #{order}, {items, number} san pham, {amount}. Vui long xac nhan trong ung dung.',
    },
  },
};
