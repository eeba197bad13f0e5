//! Where a request's instructions go: by room, and by function.
//!
//! A function belongs to the crate that its symbol begins with; what the compiler has inlined belongs
//! to the function that it was inlined into. The standard library and small containers work for whoever
//! calls them: their instructions are shared out among the rooms of their callers, as the calls
//! cost. The allocator and what moves bytes stand for themselves.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::profile::{Cost, Function, Profile};

/// Functions that are shown.
const SHOWN: usize = 10;
/// Characters of a function's name that are shown.
const NAME_MAX: usize = 120;
/// Rooms with a smaller share are shown together.
const SHARE_MIN: f64 = 0.005;
/// The room of what keeps memory.
const ALLOCATOR: &str = "allocator";
/// The room of what works for its callers.
const HELPERS: &str = "std";
/// How many callers are gone up to from a helper to a room; helpers call each other in circles.
const CALLERS_MAX: usize = 32;
/// Symbols of the allocator, and of Rust's way to it, begin like this.
#[rustfmt::skip]
const ALLOCATOR_SYMBOLS: [&str; 18] = [
    "malloc", "free", "cfree", "calloc", "realloc", "memalign", "posix_memalign", "aligned_alloc",
    "_int_", "_mid_memalign", "unlink_chunk", "sysmalloc", "systrim", "tcache_", "__rust", "__rdl",
    "mi_", "_mi_",
];
/// Symbols of moving, filling and comparing bytes begin like this, underscores left out.
const MEMORY_SYMBOLS: [&str; 8] =
    ["memcpy", "memmove", "memset", "memcmp", "memchr", "memrchr", "bcmp", "strlen"];
/// Crates that are one thing to who reads the breakdown.
const FAMILIES: [(&str, &[&str]); 4] = [
    ("hyper", &["hyper_util", "http", "http_body", "http_body_util", "httparse", "httpdate"]),
    ("tokio", &["mio", "slab", "parking_lot", "parking_lot_core"]),
    (HELPERS, &["core", "alloc", "hashbrown", "compiler_builtins", "smallvec", "bytes", "memchr"]),
    (ALLOCATOR, &["__rustc", "mimalloc", "libmimalloc_sys", "tikv_jemallocator"]),
];

/// One request's share of a profile.
#[derive(Debug, Clone)]
pub(super) struct Breakdown {
    pub(super) instructions: f64,
    pub(super) system_calls: f64,
    /// Calls from outside the allocator that ask it for memory.
    pub(super) allocations: f64,
    /// Instructions by room, most first.
    pub(super) rooms: Vec<(String, f64)>,
    /// The functions that cost most by themselves, most first.
    pub(super) functions: Vec<(String, f64)>,
}

impl Breakdown {
    /// Divides what `requests` requests cost.
    #[expect(clippy::cast_precision_loss, reason = "counts have far fewer than 52 bits")]
    pub(super) fn new(profile: &Profile<'_>, requests: usize) -> Self {
        let per_request = |count: u64| count as f64 / requests as f64;
        let mut functions = HashMap::new();
        for (function, cost) in &profile.costs {
            *functions.entry(function.name).or_default() += per_request(cost.instructions);
        }
        let mut functions = most_first(functions);
        functions.truncate(SHOWN);
        let rooms = rooms(profile).into_iter();
        let rooms = rooms.map(|(room, count)| (room, count / requests as f64)).collect();
        let asks = |[caller, callee]: &[Function<'_>; 2]| {
            room(*caller) != ALLOCATOR
                && room(*callee) == ALLOCATOR
                && callee.name.contains("alloc")
                && !callee.name.contains("dealloc")
        };
        let allocations = profile.calls.iter().filter(|(call, _)| asks(call));
        let total = profile.total();
        Self {
            instructions: per_request(total.instructions),
            system_calls: per_request(total.system_calls),
            allocations: per_request(allocations.map(|(_, calls)| calls.count).sum()),
            rooms: most_first(rooms),
            functions,
        }
    }

    /// For `--json`.
    pub(super) fn to_json(&self) -> Value {
        let named = |list: &[(String, f64)]| {
            list.iter().map(|(name, count)| json!({"name": name, "instructions": count})).collect()
        };
        let (rooms, functions): (Value, Value) = (named(&self.rooms), named(&self.functions));
        json!({
            "instructions": self.instructions,
            "system_calls": self.system_calls,
            "allocations": self.allocations,
            "rooms": rooms,
            "functions": functions,
        })
    }

    /// The rooms on a line, then a line for each function.
    pub(super) fn lines(&self) -> Vec<String> {
        let share = |count: f64| count / self.instructions;
        let (shown, others): (Vec<_>, Vec<_>) =
            self.rooms.iter().partition(|(_, count)| share(*count) >= SHARE_MIN);
        let others: f64 = others.iter().map(|(_, count)| count).sum();
        let others = ("others".to_owned(), others);
        let rooms = shown.into_iter().chain([&others]);
        let rooms = rooms.map(|(room, count)| format!("{room} {:.1} %", share(*count) * 100.0));
        let rooms = rooms.collect::<Vec<_>>().join(", ");
        let functions = self.functions.iter().map(|(name, count)| {
            format!("{count:>9.0} {:>5.1} %  {name:.NAME_MAX$}", share(*count) * 100.0)
        });
        [rooms].into_iter().chain(functions).collect()
    }
}

/// The instructions of each room, with those of helpers shared out among their callers.
#[expect(clippy::cast_precision_loss, reason = "counts have far fewer than 52 bits")]
fn rooms<'t>(profile: &Profile<'t>) -> HashMap<&'t str, f64> {
    let mut callers: HashMap<Function<'t>, Vec<(Function<'t>, f64)>> = HashMap::new();
    for ([caller, callee], calls) in &profile.calls {
        if caller != callee && calls.instructions > 0 {
            callers.entry(*callee).or_default().push((*caller, calls.instructions as f64));
        }
    }
    let own = |(function, cost): (&Function<'t>, &Cost)| (*function, cost.instructions as f64);
    let mut unshared: HashMap<Function<'t>, f64> = profile.costs.iter().map(own).collect();
    let mut rooms = HashMap::new();
    for up in 0..=CALLERS_MAX {
        for (function, count) in std::mem::take(&mut unshared) {
            let room = room(function);
            match callers.get(&function).filter(|_| room == HELPERS && up < CALLERS_MAX) {
                Some(callers) => {
                    let all: f64 = callers.iter().map(|(_, cost)| cost).sum();
                    for (caller, cost) in callers {
                        *unshared.entry(*caller).or_default() += count * cost / all;
                    }
                }
                None => *rooms.entry(room).or_default() += count,
            }
        }
    }
    rooms
}

/// The room, or the crate from elsewhere, that a function belongs to.
fn room<'t>(function: Function<'t>) -> &'t str {
    let Function { name, object } = function;
    if begins(name, &ALLOCATOR_SYMBOLS) {
        return ALLOCATOR;
    }
    if begins(name.trim_start_matches('_'), &MEMORY_SYMBOLS) {
        return "memcpy and the like";
    }
    match crate_of(name) {
        Some(own) if own.starts_with("stator_") => &own["stator_".len()..],
        Some(other) => match family(other) {
            HELPERS => our_room_in(name).unwrap_or(HELPERS),
            family => family,
        },
        None if object.contains(".so") => "C library",
        // What the compiler calls for arithmetic that the processor lacks.
        None if name.starts_with("__") => HELPERS,
        None => "assembly",
    }
}

fn begins(name: &str, with: &[&str]) -> bool {
    with.iter().any(|beginning| name.starts_with(beginning))
}

/// The crate at the beginning of a path, of a type or of a trait's implementation.
fn crate_of(name: &str) -> Option<&str> {
    let mut rest = name.trim_start_matches(|c: char| "<&*([".contains(c));
    for word in ["dyn ", "mut ", "const ", "impl "] {
        rest = rest.strip_prefix(word).unwrap_or(rest);
    }
    let (first, _) = rest.split_once("::")?;
    // A hash may follow the name.
    let first = first.split('[').next().unwrap_or_default();
    let is_name = first.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    (is_name && !first.is_empty()).then_some(first)
}

fn family(name: &str) -> &str {
    let of = FAMILIES.iter().find(|(_, members)| members.contains(&name));
    of.map_or(name, |(family, _)| family)
}

/// The first of our rooms whose types a helper was compiled for.
fn our_room_in(name: &str) -> Option<&str> {
    let (_, after) = name.split_once("stator_")?;
    after.split(|c: char| !c.is_ascii_lowercase()).next()
}

fn most_first<N: Into<String>>(counts: HashMap<N, f64>) -> Vec<(String, f64)> {
    let mut counts: Vec<(String, f64)> =
        counts.into_iter().map(|(name, count)| (name.into(), count)).collect();
    counts.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    counts
}

#[cfg(test)]
mod tests {
    use super::super::profile::Calls;
    use super::*;

    fn of(name: &str) -> Function<'_> {
        let object = if name.contains("::") { "/bin/stator" } else { "/lib/libc.so.6" };
        Function { name, object }
    }

    #[test]
    fn a_symbol_tells_its_room() {
        for (symbol, expected) in [
            ("stator_wire::encode::write_string", "wire"),
            ("<stator_lsm::tree::Tree as core::fmt::Debug>::fmt", "lsm"),
            ("<&mut stator_db::session::Atom<S> as core::ops::Drop>::drop", "db"),
            ("stator::engine::Engine::get", "stator"),
            ("core::ptr::drop_in_place<stator_model::item::Item>", "model"),
            ("<alloc::vec::Vec<T> as core::clone::Clone>::clone", "std"),
            ("hyper::proto::h1::dispatch::Dispatcher<D,stator_server::Body>::poll", "hyper"),
            ("<http::header::map::HeaderMap as core::ops::Drop>::drop", "hyper"),
            ("mio::poll::Poll::poll", "tokio"),
            ("ring::aead::seal", "ring"),
            ("__rustc[d4d5c36ba6a7bf71]::__rust_alloc", "allocator"),
            ("_int_malloc", "allocator"),
            ("mi_malloc_aligned", "allocator"),
            ("_mi_page_malloc_zero", "allocator"),
            ("__memcpy_avx_unaligned_erms", "memcpy and the like"),
            ("pthread_mutex_lock", "C library"),
        ] {
            assert_eq!(room(of(symbol)), expected, "{symbol}");
        }
        let of = |name| room(Function { name, object: "/bin/stator" });
        assert_eq!(of("_aesni_ctr32_ghash_6x"), "assembly");
        assert_eq!(of("__umodti3"), "std");
    }

    fn profile() -> Profile<'static> {
        let [wire, db] = [of("stator_wire::read"), of("stator_db::put")];
        let [insert, grow, malloc] = [of("alloc::map::insert"), of("alloc::grow"), of("malloc")];
        let costs = [(wire, 100), (db, 100), (insert, 40), (grow, 10), (malloc, 50)];
        let calls = [
            ([wire, insert], 3, 75),
            ([db, insert], 1, 25),
            ([insert, grow], 4, 60),
            ([grow, malloc], 4, 50),
            ([grow, grow], 1, 5),
        ];
        let cost = |instructions| Cost { instructions, system_calls: 0 };
        Profile {
            costs: costs.map(|(function, count)| (function, cost(count))).into(),
            calls: calls
                .map(|(call, count, instructions)| (call, Calls { count, instructions }))
                .into(),
        }
    }

    #[test]
    fn what_the_standard_library_does_is_shared_out_among_its_callers() {
        let breakdown = Breakdown::new(&profile(), 2);
        assert!((breakdown.instructions - 150.0).abs() < 1e-9);
        let rooms: HashMap<&str, f64> =
            breakdown.rooms.iter().map(|(room, count)| (room.as_str(), *count)).collect();
        assert!((rooms["wire"] - (50.0 + 25.0 * 0.75)).abs() < 1e-9, "{rooms:?}");
        assert!((rooms["db"] - (50.0 + 25.0 * 0.25)).abs() < 1e-9, "{rooms:?}");
        assert!((rooms["allocator"] - 25.0).abs() < 1e-9, "{rooms:?}");
        assert_eq!(rooms.len(), 3);
    }

    #[test]
    fn who_asks_for_memory_is_counted_once() {
        assert!((Breakdown::new(&profile(), 2).allocations - 2.0).abs() < 1e-9);
    }

    #[test]
    fn rooms_come_first_and_then_the_functions_that_cost_most() {
        let lines = Breakdown::new(&profile(), 2).lines();
        assert!(lines[0].starts_with("wire 45.8 %, db 37.5 %, allocator 16.7 %"), "{}", lines[0]);
        assert!(lines[1].ends_with("stator_db::put"), "{}", lines[1]);
        assert_eq!(lines.len(), 6);
    }
}
