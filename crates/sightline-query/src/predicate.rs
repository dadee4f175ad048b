//! What can be asked of one event, attribute, object or sighting.
//!
//! Lists mean "any of these" and are never empty. Relations between kinds are explicit: `HasAttribute` and `OfEvent`
//! carry a tree of the other kind.

use crate::filter::Filter;
use crate::keys::Keys;
use crate::terms::Term;
use crate::time::{DateRange, TimeRange};
use sightline_misp::networks::Network;
use uuid::Uuid;

/// A question about one event.
#[derive(Clone, Debug, PartialEq)]
pub enum EventPredicate {
    /// It is one of these (ids and uuids).
    Event(Keys),
    /// It extends one of these (ids and uuids of the extended event).
    Extends(Keys),
    /// Its `info` matches.
    Info {
        /// The texts to match.
        terms: Vec<Term>,
        /// Whether upper and lower case are the same.
        fold_case: bool,
    },
    /// Its creator organisation is one of these (ids, uuids, names without regard to case).
    Creator(Keys),
    /// The sector of its creator organisation.
    CreatorSector(Vec<Term>),
    /// The nationality of its creator organisation.
    CreatorNationality(Vec<Term>),
    /// Whether its creator organisation is local.
    CreatorLocal(bool),
    /// The e-mail address of the user who created it here, without regard to case.
    CreatorEmail(Vec<Term>),
    /// It carries such a tag itself.
    Tag(TagSelector),
    /// Its date.
    Date(DateRange),
    /// Its time of last change, Unix seconds.
    Timestamp(TimeRange),
    /// Its time of publication, Unix seconds.
    PublishTimestamp(TimeRange),
    /// Whether it is published.
    Published(bool),
    /// Whether it is protected by cryptographic keys.
    Protected(bool),
    /// Its threat level, 1 to 4.
    ThreatLevel(Vec<i64>),
    /// Its analysis state, 0 to 2.
    Analysis(Vec<i64>),
    /// Its distribution, 0 to 4.
    Distribution(Vec<i64>),
    /// Its sharing group (ids and uuids).
    SharingGroup(Keys),
    /// Whether it has open proposals.
    HasProposal(bool),
    /// It has a live attribute or a live report.
    HasContent,
    /// The name or the text of one of its live reports matches, without regard to case.
    HasReport(Vec<Term>),
    /// One of its attributes, in an object or not, live or deleted, satisfies the filter.
    HasAttribute(Box<Filter<AttributePredicate>>),
}

/// A question about one attribute.
#[derive(Clone, Debug, PartialEq)]
pub enum AttributePredicate {
    /// It is one of these (ids and uuids).
    Attribute(Keys),
    /// `value1` or `value2` matches, without regard to case.
    Value(Vec<Term>),
    /// `value1` matches, without regard to case.
    Value1(Vec<Term>),
    /// `value2` matches, without regard to case.
    Value2(Vec<Term>),
    /// `value1` matches the first and `value2` the second of one of these pairs, without regard to case.
    Halves(Vec<(Term, Term)>),
    /// It is an address or network inside one of these, or a network that holds one of them.
    Network(Vec<Network>),
    /// Its comment matches, without regard to case.
    Comment(Vec<Term>),
    /// Its type, without regard to case.
    Type(Vec<Term>),
    /// Its category, case counts.
    Category(Vec<Term>),
    /// Its relation to the object that holds it, case counts.
    ObjectRelation(Vec<Term>),
    /// It carries such a tag itself.
    Tag(TagSelector),
    /// Its flag for detection systems.
    ToIds(bool),
    /// `true`: it is deleted. `false`: neither it nor the object that holds it is deleted.
    Deleted(bool),
    /// Its time of last change, Unix seconds.
    Timestamp(TimeRange),
    /// Its `first_seen`, microseconds; an attribute without one never matches.
    FirstSeen(TimeRange),
    /// Its `last_seen`, microseconds; an attribute without one never matches.
    LastSeen(TimeRange),
    /// Its sharing group (ids and uuids).
    SharingGroup(Keys),
    /// Its event satisfies the filter.
    OfEvent(Box<Filter<EventPredicate>>),
}

/// A question about one object.
#[derive(Clone, Debug, PartialEq)]
pub enum ObjectPredicate {
    /// It is one of these (ids and uuids).
    Object(Keys),
    /// Its name, case counts.
    Name(Vec<Term>),
    /// The uuid of its template.
    TemplateUuid(Vec<Uuid>),
    /// The version of its template.
    TemplateVersion(Vec<i64>),
    /// Its `first_seen`, microseconds; an object without one never matches.
    FirstSeen(TimeRange),
    /// Its `last_seen`, microseconds; an object without one never matches.
    LastSeen(TimeRange),
    /// Whether it is deleted.
    Deleted(bool),
    /// One of its attributes satisfies the filter.
    HasAttribute(Box<Filter<AttributePredicate>>),
    /// Its event satisfies the filter.
    OfEvent(Box<Filter<EventPredicate>>),
}

/// A question about one sighting.
#[derive(Clone, Debug, PartialEq)]
pub enum SightingPredicate {
    /// It is one of these (ids and uuids).
    Sighting(Keys),
    /// When it was seen, Unix seconds.
    Date(TimeRange),
    /// 0 seen, 1 false positive, 2 expired.
    Kind(Vec<i64>),
    /// The organisation that saw it (ids, uuids, names without regard to case).
    Org(Keys),
    /// The source given with it.
    Source(Vec<Term>),
    /// Its attribute satisfies the filter.
    OfAttribute(Box<Filter<AttributePredicate>>),
    /// Its event satisfies the filter.
    OfEvent(Box<Filter<EventPredicate>>),
}

/// Which tags are meant.
#[derive(Clone, Debug, PartialEq)]
pub enum TagSelector {
    /// By id or name; case counts.
    Named(Keys),
    /// The tags of galaxy clusters with a meta element `key` of one of these values.
    OfCluster {
        /// The key of the meta element.
        key: String,
        /// Its value.
        values: Vec<Term>,
    },
}
