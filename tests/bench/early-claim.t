#!/bin/bash
# machine: bench
# timeout: 900
# What early-claim.early has measured: the medians, and what they are of the time that the kernel needs
# to come so far. Exits with 1 when claims add a hundredth to it beyond loading vfio and binding.
cat /run/early-output
awk -F '\t' '
	NF != 3 { next }
	{ laps[$1] = laps[$1] " " $3 }
	function median(row,    n, list, i, j, swap) {
		n = split(laps[row], list, " ")
		for (i = 1; i <= n; i++)
			for (j = i + 1; j <= n; j++)
				if (list[j] + 0 < list[i] + 0) { swap = list[i]; list[i] = list[j]; list[j] = swap }
		return list[int((n + 1) / 2)]
	}
	function show(what, value) {
		printf "%-48s %8.1f million instructions, %6.3f %%\n", what, value / 1e6, value / whole * 100
	}
	END {
		whole = median("kernel to claims")
		floor = median("modprobe") + median("bind")
		show("from the start of the kernel to the claims", whole)
		show("claim apply --early, no claim", median("no claim"))
		show("claim apply --early, a claim of two functions", median("claim apply"))
		show("modprobe and the writes that bind both", floor)
		added = median("claim apply") - floor
		show("what claims add to that", added)
		exit !(whole > 0 && floor > 0 && added < whole / 100)
	}' /run/early-output
