//! New records without a uuid that carry analyst data: they get one before they are stored, by which what they carry finds them.

use sightline_core::random;
use sightline_misp::input::{AttributeIn, EventIn, Loose};

/// Names the contents of an event that carry something.
pub(crate) fn name_contents(event: &mut EventIn) {
    name_attributes(&mut event.attributes.0);
    for object in &mut event.objects.0 {
        let carries = object.analyst_data().next().is_some();
        name_carrier(carries, &mut object.uuid);
        name_attributes(&mut object.attributes.0);
    }
    for report in &mut event.reports.0 {
        let carries = report.analyst_data().next().is_some();
        name_carrier(carries, &mut report.uuid);
    }
}

/// The same for attributes.
pub(crate) fn name_attributes(attributes: &mut [AttributeIn]) {
    for attribute in attributes {
        let carries = attribute.analyst_data().next().is_some();
        name_carrier(carries, &mut attribute.uuid);
    }
}

fn name_carrier(carries: bool, uuid: &mut Loose) {
    if carries && uuid.filled().is_none() {
        *uuid = Loose::Text(random::uuid().to_string());
    }
}
