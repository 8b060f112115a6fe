/** Next header values of IPv6 (IANA "Assigned Internet Protocol Numbers"). */
export const HOP_BY_HOP = 0;
export const TCP = 6;
export const UDP = 17;
export const IPV6_IN_IPV6 = 41;
export const ROUTING = 43;
export const FRAGMENT = 44;
export const AUTHENTICATION = 51;
export const ICMPV6 = 58;
export const NO_NEXT_HEADER = 59;
export const DESTINATION_OPTIONS = 60;
export const MOBILITY = 135;
