export const NUMBER = new Intl.NumberFormat('en');

export function count(number, one, many = one + 's') {
  return NUMBER.format(number) + ' ' + (number === 1 ? one : many);
}

export function rate(value) {
  if (value === null) {
    return '–';
  }
  return value === 0 ? '0' : value < 10 ? value.toFixed(1) : NUMBER.format(Math.round(value));
}

export function bytes(value) {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return (unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)) + ' ' + units[unit];
}

export function duration(seconds) {
  if (seconds < 1) {
    return Math.round(seconds * 1000) + ' ms';
  }
  const s = Math.floor(seconds);
  if (s < 60) {
    return s < 10 ? seconds.toFixed(1) + ' s' : s + ' s';
  }
  if (s < 3600) {
    return Math.floor(s / 60) + ' min ' + s % 60 + ' s';
  }
  return s < 86400
    ? Math.floor(s / 3600) + ' h ' + Math.floor(s % 3600 / 60) + ' min'
    : Math.floor(s / 86400) + ' d ' + Math.floor(s % 86400 / 3600) + ' h';
}

export function clock(date) {
  const time = date.toLocaleTimeString('en-GB');
  return date.toDateString() === new Date().toDateString() ? time : date.toLocaleDateString('en-GB') + ' ' + time;
}

export function ejectionText(ejection) {
  const since = clock(new Date(ejection.since)) + ' (' + duration(ejection.agoSeconds) + ' ago)';
  const times = ejection.times > 1 ? ', ' + ejection.times + ' times in a row' : '';
  if (ejection.state !== 'ejected') {
    return 'ejected at ' + since + times + ': ' + ejection.cause + '; on trial until one connection is answered';
  }
  const back = !ejection.until
    ? 'comes back when its probes succeed'
    : ejection.remainingSeconds > 0
      ? 'next trial in ' + duration(ejection.remainingSeconds) + ', at ' + clock(new Date(ejection.until))
      : 'its trial is due';
  return 'since ' + since + times + ': ' + ejection.cause + '; ' + back;
}
