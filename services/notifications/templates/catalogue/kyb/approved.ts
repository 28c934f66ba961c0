import type { Template } from '../../template.ts';

export const kybApproved: Template = {
  channel: 'account',
  variables: { shop: 'name' },
  texts: {
    en: {
      title: '{shop} is verified',
      body: 'Your shop {shop} is verified and can start selling.',
      sms: 'Tchat: your shop {shop} is verified and can start selling.',
    },
    th: {
      title: '{shop} ผ่านการยืนยัน',
      body: 'ร้าน {shop} ของคุณผ่านการยืนยันและเริ่มขายได้แล้ว',
      sms: 'Tchat: ร้าน {shop} ผ่านการยืนยันและเริ่มขายได้แล้ว',
    },
    id: {
      title: '{shop} terverifikasi',
      body: 'Toko {shop} telah diverifikasi dan kini dapat berjualan.',
      sms: 'Tchat: toko {shop} telah diverifikasi dan kini dapat berjualan.',
    },
    ms: {
      title: '{shop} telah disahkan',
      body: 'Kedai {shop} telah disahkan dan kini boleh mula menjual.',
      sms: 'Tchat: kedai {shop} telah disahkan dan kini boleh mula menjual.',
    },
    fil: {
      title: 'Verified na ang {shop}',
      body: 'Na-verify na ang shop mong {shop} at maaari nang magbenta.',
      sms: 'Tchat: na-verify na ang shop mong {shop} at maaari nang magbenta.',
    },
    vi: {
      title: '{shop} đã được xác minh',
      body: 'Cửa hàng {shop} đã được xác minh và có thể bán hàng.',
      sms: 'Tchat: cua hang {shop} da duoc xac minh va co the ban hang.',
    },
  },
};
