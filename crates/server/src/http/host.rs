//! The names under which this endpoint is reached.
//!
//! A page of any site can make its own name point to this machine after it was loaded (DNS
//! rebinding), and is then of the same origin to the browser. It cannot keep the browser from naming
//! the host: so whoever speaks through a browser must use a name that no site can have.

use std::net::{IpAddr, Ipv6Addr};

/// Names besides those of the machine itself.
#[derive(Debug, Clone, Default)]
pub(crate) struct Hosts(Vec<String>);

impl Hosts {
    /// Also these, without ports.
    pub(crate) fn new(names: Vec<String>) -> Self {
        Self(names)
    }

    /// Whether a host, as a request names it, can only be this endpoint: an address, `localhost` or
    /// what is below it (RFC 6761, section 6.3), or one of the names.
    pub(crate) fn know(&self, host: &str) -> bool {
        let name = without_port(host);
        let name = name.strip_suffix('.').unwrap_or(name);
        let below_localhost = || {
            let begin = name.len().checked_sub(".localhost".len());
            let end = begin.and_then(|begin| name.get(begin..));
            end.is_some_and(|end| end.eq_ignore_ascii_case(".localhost"))
        };
        name.parse::<IpAddr>().is_ok()
            || name.eq_ignore_ascii_case("localhost")
            || below_localhost()
            || bracketed(name).is_some_and(|inner| inner.parse::<Ipv6Addr>().is_ok())
            || self.0.iter().any(|known| name.eq_ignore_ascii_case(known))
    }
}

/// Whether a header may be a host: RFC 3986 has no other characters in names, addresses and ports.
pub(crate) fn is_well_formed(host: &[u8]) -> bool {
    host.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-._~:[]%!$&'()*+;=".contains(byte))
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

fn bracketed(name: &str) -> Option<&str> {
    name.strip_prefix('[')?.strip_suffix(']')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machines_own_names_and_those_given_are_known() {
        let hosts = Hosts::new(vec!["db.example".to_owned()]);
        for host in [
            "localhost",
            "localhost:8000",
            "LOCALHOST.",
            "app.localhost:1",
            "127.0.0.1:8000",
            "192.0.2.7",
            "[::1]:8000",
            "[::1]",
            "DB.example:443",
        ] {
            assert!(hosts.know(host), "{host}");
        }
        for host in
            ["", "evil.example", "evil.example:8000", "db.example.evil", "xlocalhost", "[x]"]
        {
            assert!(!hosts.know(host), "{host}");
        }
    }

    #[test]
    fn a_host_has_no_blanks_paths_or_users() {
        for host in ["x", "x:8000", "[::1]:80", "a_b.example", ""] {
            assert!(is_well_formed(host.as_bytes()), "{host}");
        }
        for host in ["a b", "a/b", "user@x", "x,y", "a\\b", "h\u{f6}st"] {
            assert!(!is_well_formed(host.as_bytes()), "{host}");
        }
    }
}
