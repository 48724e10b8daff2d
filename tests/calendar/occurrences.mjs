// Reads a calendar on standard input and prints every occurrence as ical.js understands it, in UTC:
// [UID, when it was planned, when it is, when it ends, its status].
import { readFileSync } from "node:fs";
import ICAL from "ical.js";

const root = new ICAL.Component(ICAL.parse(readFileSync(0, "utf8")));
for (const zone of root.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);
const utc = (time) => time.convertToZone(ICAL.Timezone.utcTimezone).toString();
const events = root.getAllSubcomponents("vevent").map((one) => new ICAL.Event(one, { strictExceptions: true, exceptions: [] }));
const series = events.filter((one) => !one.isRecurrenceException());
const alone = [];
for (const one of events.filter((event) => event.isRecurrenceException())) {
  const of = series.find((event) => event.uid === one.uid);
  if (of) of.relateException(one);
  else alone.push(one); // an invitation to one sitting: its series is not in the file
}
const told = (event, planned, starts, ends) => [event.uid, utc(planned), utc(starts), utc(ends), event.component.getFirstPropertyValue("status") ?? "CONFIRMED"];
const found = alone.map((one) => told(one, one.recurrenceId, one.startDate, one.endDate));
for (const event of series) {
  if (!event.isRecurring()) {
    found.push(told(event, event.startDate, event.startDate, event.endDate));
    continue;
  }
  const each = event.iterator();
  for (let next = each.next(); next; next = each.next()) {
    const one = event.getOccurrenceDetails(next);
    found.push(told(one.item, one.recurrenceId, one.startDate, one.endDate));
  }
}
console.log(JSON.stringify(found));
