"""Template filters: how money, land, weight and dates are written."""

from django import template

register = template.Library()
