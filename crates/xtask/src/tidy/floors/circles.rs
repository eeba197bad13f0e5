//! Circles among arrows: which modules reach each other, and the shortest way round.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::super::Problem;

/// The path of the module around the modules of one level; the crate's root has an empty one.
pub(super) type Level = Vec<String>;
/// Who imports whom on one level, with the file and line of each import.
pub(super) type Arrows = BTreeMap<(String, String), BTreeSet<(String, usize)>>;

/// Modules that lie side by side and each reach all the others.
#[derive(Debug)]
pub struct Circle {
    /// The folder or file of the module around them.
    pub place: String,
    /// Their names, sorted.
    pub members: Vec<String>,
    /// The shortest way round: each imports the next one, the last one the first.
    pub shortest: Vec<String>,
    arrows: Arrows,
}

impl Circle {
    /// The broken rule, with one import for each arrow of the shortest way round.
    pub fn problem(&self) -> Problem {
        let first = &self.shortest[0];
        let nexts = self.shortest.iter().skip(1).chain([first]);
        let mut way = first.clone();
        for (from, to) in self.shortest.iter().zip(nexts) {
            let places = &self.arrows[&(from.clone(), to.clone())];
            let example = places.first().map(place).unwrap_or_default();
            way.push_str(&format!(" → {to} ({example})"));
        }
        let mut message = format!("modules form a circle: {way}");
        if self.members.len() > self.shortest.len() {
            let members = self.members.join(", ");
            message.push_str(&format!("; {} are in it: {members}", self.members.len()));
        }
        Problem { rule: super::RULE, place: self.place.clone(), message }
    }

    /// Every arrow between the members, a line for each, with all its imports.
    pub fn arrows(&self) -> Vec<String> {
        let line = |((from, to), places): (&(String, String), &BTreeSet<(String, usize)>)| {
            let places: Vec<String> = places.iter().map(place).collect();
            format!("{from} → {to}: {}", places.join(", "))
        };
        self.arrows.iter().map(line).collect()
    }
}

fn place((file, line): &(String, usize)) -> String {
    format!("{file}:{line}")
}

/// The circles of each level of the crate in `folder`.
pub(super) fn find(folder: &str, levels: BTreeMap<Level, Arrows>) -> Vec<Circle> {
    let mut circles = Vec::new();
    for (level, arrows) in levels {
        let parts = [format!("crates/{folder}/src")].into_iter().chain(level);
        let place = parts.collect::<Vec<_>>().join("/");
        circles.extend(of_level(&place, &arrows));
    }
    circles
}

fn of_level(place: &str, arrows: &Arrows) -> Vec<Circle> {
    let mut circles: Vec<Circle> = Vec::new();
    let starts: BTreeSet<&str> = arrows.keys().map(|(from, _)| from.as_str()).collect();
    for start in starts {
        if circles.iter().any(|circle| circle.members.iter().any(|member| member == start)) {
            continue;
        }
        let reached = reach(arrows, start);
        let back = |name: &&&str| reach(arrows, name).contains_key(start);
        let members: BTreeSet<&str> = reached.keys().filter(back).copied().collect();
        if members.contains(start) {
            circles.push(circle(place, arrows, &members));
        }
    }
    circles
}

fn circle(place: &str, arrows: &Arrows, members: &BTreeSet<&str>) -> Circle {
    let inside = |from: &str, to: &str| members.contains(from) && members.contains(to);
    let arrows: Arrows = arrows
        .iter()
        .filter(|((from, to), _)| inside(from, to))
        .map(|(arrow, places)| (arrow.clone(), places.clone()))
        .collect();
    let ways = members.iter().map(|member| way_round(&arrows, member));
    let shortest = ways.min_by_key(Vec::len).unwrap_or_default();
    let members = members.iter().map(|member| (*member).to_owned()).collect();
    Circle { place: place.to_owned(), members, shortest, arrows }
}

/// The shortest way from `start` back to itself, without the return.
fn way_round(arrows: &Arrows, start: &str) -> Vec<String> {
    let before = reach(arrows, start);
    let mut way = vec![start.to_owned()];
    let mut at = start;
    while let Some(previous) = before.get(at).filter(|previous| **previous != start) {
        way.insert(1, (*previous).to_owned());
        at = previous;
    }
    way
}

/// Every module that `start` reaches by one arrow or more, each with the one before it on a
/// shortest way.
fn reach<'a>(arrows: &'a Arrows, start: &'a str) -> BTreeMap<&'a str, &'a str> {
    let mut before = BTreeMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(at) = queue.pop_front() {
        for (from, to) in arrows.keys() {
            if from == at && !before.contains_key(to.as_str()) {
                before.insert(to.as_str(), at);
                queue.push_back(to);
            }
        }
    }
    before
}
