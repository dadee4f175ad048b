//! Entries that are networks: each address finds the networks around it with one binary search, because networks either
//! contain each other or do not touch.

use std::net::IpAddr;

use ipnet::IpNet;

use super::lists::{ListSets, SetId};
use super::{BadEntry, ListIndex};

/// The networks of both families.
#[derive(Debug, Default)]
pub(super) struct Networks {
    v4: Family,
    v6: Family,
}

/// The networks of one family, by where they begin.
#[derive(Debug, Default)]
struct Family {
    networks: Vec<Network>,
    /// From this address on, the innermost network is that one; until the next boundary.
    boundaries: Vec<(u128, Option<u32>)>,
}

#[derive(Debug)]
struct Network {
    net: IpNet,
    parent: Option<u32>,
    set: SetId,
}

impl Networks {
    /// Calls `found` with each entry in which the address or network lies, the smallest first.
    pub(super) fn visit(&self, value: &str, found: &mut dyn FnMut(SetId, &str) -> bool) -> bool {
        let Some(net) = parse(value) else {
            return true;
        };
        let family = if net.addr().is_ipv4() { &self.v4 } else { &self.v6 };
        let mut next = family.innermost(number(net.network()));
        while let Some(network) = next.and_then(|index| family.get(index)) {
            if network.net.prefix_len() <= net.prefix_len() && !found(network.set, &written(&network.net)) {
                return false;
            }
            next = network.parent;
        }
        true
    }
}

impl Family {
    fn get(&self, index: u32) -> Option<&Network> {
        self.networks.get(usize::try_from(index).ok()?)
    }

    fn innermost(&self, address: u128) -> Option<u32> {
        let after = self.boundaries.partition_point(|(start, _)| *start <= address);
        self.boundaries.get(after.checked_sub(1)?)?.1
    }

    fn boundary(&mut self, start: u128, network: Option<u32>) {
        match self.boundaries.last_mut() {
            Some(last) if last.0 == start => last.1 = network,
            _ => self.boundaries.push((start, network)),
        }
    }

    /// `networks` are sorted by their beginning, larger ones first.
    fn new(networks: Vec<(IpNet, SetId)>) -> Result<Self, BadEntry> {
        let mut family = Self::default();
        let mut open: Vec<u32> = Vec::new();
        for (net, set) in networks {
            family.close(&mut open, Some(&net));
            let index =
                u32::try_from(family.networks.len()).map_err(|_| BadEntry::Full("4 billion networks"))?;
            family.networks.push(Network {
                net,
                parent: open.last().copied(),
                set,
            });
            family.boundary(number(net.network()), Some(index));
            open.push(index);
        }
        family.close(&mut open, None);
        Ok(family)
    }

    /// Ends the open networks in which `next` does not lie.
    fn close(&mut self, open: &mut Vec<u32>, next: Option<&IpNet>) {
        while let Some(net) = open
            .last()
            .and_then(|index| self.get(*index))
            .map(|network| network.net)
        {
            if next.is_some_and(|next| net.contains(next)) {
                return;
            }
            open.pop();
            if let Some(after) = number(net.broadcast()).checked_add(1) {
                self.boundary(after, open.last().copied());
            }
        }
    }
}

#[derive(Default)]
pub(super) struct NetworksBuilder {
    networks: Vec<(IpNet, ListIndex)>,
}

impl NetworksBuilder {
    pub(super) fn add(&mut self, entry: &str, list: ListIndex) -> Result<(), BadEntry> {
        let net = parse(entry.trim()).ok_or_else(|| BadEntry::Network(entry.to_owned()))?;
        self.networks.push((net.trunc(), list));
        Ok(())
    }

    pub(super) fn build(mut self, sets: &mut ListSets) -> Result<Networks, BadEntry> {
        self.networks
            .sort_unstable_by_key(|(net, list)| (number(net.network()), net.prefix_len(), *list));
        let (mut v4, mut v6) = (Vec::new(), Vec::new());
        for is_v4 in [true, false] {
            let family: Vec<_> = self
                .networks
                .iter()
                .filter(|(net, _)| net.addr().is_ipv4() == is_v4)
                .collect();
            for same in family.chunk_by(|left, right| left.0 == right.0) {
                let mut lists: Vec<ListIndex> = same.iter().map(|(_, list)| *list).collect();
                lists.dedup();
                if let Some((net, _)) = same.first() {
                    let target = if is_v4 { &mut v4 } else { &mut v6 };
                    target.push((*net, sets.intern(&lists)?));
                }
            }
        }
        Ok(Networks {
            v4: Family::new(v4)?,
            v6: Family::new(v6)?,
        })
    }
}

fn parse(text: &str) -> Option<IpNet> {
    // Most values are no addresses; this is cheaper than trying.
    if !text
        .bytes()
        .next()
        .is_some_and(|byte| byte.is_ascii_hexdigit() || byte == b':')
        || text.len() > 43
    {
        return None;
    }
    match text.parse::<IpAddr>() {
        Ok(address) => Some(IpNet::from(address)),
        Err(_) => text.parse().ok(),
    }
}

fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(u32::from(address)),
        IpAddr::V6(address) => u128::from(address),
    }
}

/// A network of one address is written as the address.
fn written(net: &IpNet) -> String {
    if net.prefix_len() == net.max_prefix_len() {
        return net.addr().to_string();
    }
    net.to_string()
}
