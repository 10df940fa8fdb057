//! Functions of Internet addresses.
//!
//! Source: Sumo Logic, "cidr Search Operator"; "isPrivateIP Search Operator", "isPublicIP
//! Search Operator", "isReservedIP Search Operator"; "isValidIP, isValidIPv4, isValidIPv6
//! Search Operators".

use super::super::super::syntax::{Expression, Span as TextSpan};
use super::super::expression::{BY_TYPE, compared};
use super::super::{Fault, Lowerer, filter};
use super::called;
use crate::detect::plan::compare::CompareOp;
use crate::detect::plan::function::Function;
use crate::detect::plan::{Expr, Network, Pattern, Predicate, PredicateKind, Span, Value};

/// Source: RFC 1918, section 3.
const PRIVATE: [&str; 3] = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

/// Source: RFC 5735, section 4.
const RESERVED: [&str; 15] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "255.255.255.255/32",
];

impl Lowerer<'_> {
    /// A condition on addresses; `None` if it is something else.
    pub(super) fn address_test(
        &mut self,
        function: &str,
        arguments: &[Expression],
        at: TextSpan,
    ) -> Result<Option<Predicate>, Fault> {
        let span = self.span(at);
        Ok(Some(match (function, arguments) {
            ("isvalidip", [address]) => valid(self.text(address)?, None, span),
            ("isvalidipv4", [address]) => valid(self.text(address)?, Some(4), span),
            ("isvalidipv6", [address]) => valid(self.text(address)?, Some(6), span),
            ("isprivateip", [address]) => self.kind_of_address(address, &PRIVATE, span)?,
            ("isreservedip", [address]) => self.kind_of_address(address, &RESERVED, span)?,
            // What is neither private nor reserved: no page says more.
            ("ispublicip", [address]) => self.kind_of_address(address, &RESERVED, span)?.negated(),
            ("comparecidrprefix", [one, other, bits]) => {
                let bits = self.value(bits)?;
                let prefix =
                    |address| called(Function::AddressPrefix, vec![address, bits.clone()], span);
                let (one, other) = (prefix(self.text(one)?), prefix(self.text(other)?));
                compared(one, CompareOp::Equal, other, span)
            }
            _ => return Ok(None),
        }))
    }

    /// Whether an address is in one of some networks. Rows in which it is none are
    /// dropped.
    fn kind_of_address(
        &mut self,
        address: &Expression,
        networks: &[&str],
        span: Span,
    ) -> Result<Predicate, Fault> {
        let subject = self.text(address)?;
        let valid = valid(subject.clone(), Some(4), span);
        self.before.push(filter(valid));
        let networks = networks.iter().filter_map(|text| Network::parse(text));
        Ok(Predicate::new(
            PredicateKind::Matches {
                subject,
                pattern: Pattern::Networks(networks.collect()),
                modes: BY_TYPE,
            },
            span,
        ))
    }
}

/// Whether a text is an address, of a version if one is given.
fn valid(address: Expr, version: Option<i64>, span: Span) -> Predicate {
    let version = version.map(|version| Expr::literal(Value::Integer(version), span));
    let arguments = std::iter::once(address).chain(version).collect();
    let valid = called(Function::IsAddress, arguments, span);
    Predicate::new(PredicateKind::Holds(valid), span)
}
