"""What a page offers to whom, by the table of roles."""

from django import template

from devices import roles

register = template.Library()
register.filter(roles.may)
