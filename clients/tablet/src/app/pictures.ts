// Pictures for the categories that districts commonly have, and for the buttons of the app: paths on a square
// of 24. A category without one shows the first character of its name.

export const PICTURES: Readonly<Record<string, string>> = {
  parking: 'M6 3h7a5 5 0 0 1 0 10H9v8H6zM9 6v4h4a2 2 0 0 0 0-4z',
  entrance: 'M11 2h2v6h-2zm0 8h2v4h-2zm0 6h2v6h-2zM3 22 6 2h2L5 22zm16 0L16 2h2l3 20z',
  tyre: 'M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20m0 4a6 6 0 1 1 0 12 6 6 0 0 1 0-12m0 3a3 3 0 1 0 0 6 3 3 0 0 0 0-6',
  food: 'M3 11h18a9 9 0 0 1-6 8.5V21H9v-1.5A9 9 0 0 1 3 11m5-9h2v7H8zm6 0h2v7h-2z',
  health: 'M9 3h6v6h6v6h-6v6H9v-6H3V9h6z',
  legal: 'M11 2h2v3l7 1 2 7a4 4 0 0 1-8 0l2-6-3-.4V19h4v2H7v-2h4V6.600L8 7l2 6a4 4 0 0 1-8 0l2-7 7-1z',
  safety: 'M12 2 4 5v6c0 5 3.400 9 8 11 4.600-2 8-6 8-11V5zm-1 14-4-4 1.500-1.500L11 13l5-5 1.500 1.500z',
  environment:
    'M20 3C9 3 4 8 4 14c0 1.500.300 2.700.800 3.700C7 13 11 10 16 9c-5 2-8.500 5.500-10.500 11l1.800.700L8 18.800C16 20 21 14 20 3',
  enterprise: 'M3 21V9l6 3V9l6 3V3h6v18zm3-6v3h3v-3zm5 0v3h3v-3zm5 0v3h3v-3z',
  other: 'M5 10a2 2 0 1 1 0 4 2 2 0 0 1 0-4m7 0a2 2 0 1 1 0 4 2 2 0 0 1 0-4m7 0a2 2 0 1 1 0 4 2 2 0 0 1 0-4',
  today: 'M4 4h3V2h2v2h6V2h2v2h3v17H4zm2 6v9h12v-9zm2 2h3v3H8z',
  service:
    'M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20m0 2a8 8 0 1 1 0 16 8 8 0 0 1 0-16m-1 2v7l5 3 1-1.700-4-2.300V6z',
  people:
    'M8 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8m8 1a3.500 3.500 0 1 1 0 7 3.500 3.500 0 0 1 0-7M1 20c0-4 3-6 7-6s7 2 7 6zm16 0c0-2.300-.700-4-2-5.300 4-1.200 8 .800 8 5.300z',
  outcomes: 'M3 4h18v13H9l-6 5zm4 4v2h10V8zm0 4v2h7v-2z',
  safe: 'M12 2 3 9v13h6v-7h6v7h6V9z',
  activity: 'M5 2h2v2h14l-4 5 4 5H7v8H5zm2 4v6h10l-2.500-3L17 6z',
  duty: 'M5 3h14v18H5zm2 2v14h10V5zm1.500 3h7v2h-7zm0 4h4v2h-4zm4 4.500 1.400-1.400 1.100 1.100 2.500-2.500 1.400 1.400-3.900 3.900z',
  whistle:
    'M14 8h8v4h-5a6.500 6.500 0 1 1-11-3.500A6.500 6.500 0 0 1 10 8zm-4 3a3.500 3.500 0 1 0 0 7 3.500 3.500 0 0 0 0-7m1-9h2v4h-2zM6 3l1.700-1 2 3.500-1.700 1z',
  reward:
    'M3 8h4.200A3.500 3.500 0 0 1 12 3.600 3.500 3.500 0 0 1 16.800 8H21v5h-1v8H4v-8H3zm6.500-3a1.500 1.500 0 1 0 0 3H11V6.500A1.500 1.500 0 0 0 9.500 5m5 0A1.500 1.500 0 0 0 13 6.500V8h1.500a1.500 1.500 0 1 0 0-3M6 13v6h5v-6zm7 0v6h5v-6z',
  photo:
    'M9 4 7.500 6H3v14h18V6h-4.500L15 4zm3 4.500a4.500 4.500 0 1 1 0 9 4.500 4.500 0 0 1 0-9m0 2a2.500 2.500 0 1 0 0 5 2.500 2.500 0 0 0 0-5',
  voice:
    'M12 2a3 3 0 0 1 3 3v6a3 3 0 0 1-6 0V5a3 3 0 0 1 3-3M5 11h2a5 5 0 0 0 10 0h2a7 7 0 0 1-6 6.900V22h-2v-4.100A7 7 0 0 1 5 11',
  add: 'M11 4h2v7h7v2h-7v7h-2v-7H4v-2h7z',
  back: 'M15 4 7 12l8 8 1.500-1.500L10 12l6.500-6.500z',
  sync: 'M12 4a8 8 0 0 1 7.400 5H17v2h6V5h-2v2.600A10 10 0 0 0 2 12h2a8 8 0 0 1 8-8M1 13v6h2v-2.600A10 10 0 0 0 22 12h-2a8 8 0 0 1-15.400 3H7v-2z',
  local: 'M6 2h12v20H6zm2 3v12h8V5zm3 13v2h2v-2z',
  good: 'm4 12 2-2 4 4 8-8 2 2-10 10z',
  bad: 'M11 4h2v10h-2zm0 12h2v3h-2z',
}
