#!/bin/sh
# dracut's first hook, sourced: makes the claims before rd.driver.pre and udevd load any driver.
/usr/sbin/vfioadm claim apply --early
